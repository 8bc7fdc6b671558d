/** The response to a call: formatted, as JSON, and the attempts it took. */
import { announce, badge, copyButton, h, icon, show } from "./dom.js";
import { json, milliseconds, plural } from "./format.js";
import { highlight } from "./highlight.js";

const SHOW_PROGRESS_AFTER = 500;
const KIND_TEXT = {
  ok: "ok",
  api: "client error",
  rate_limit: "rate limited",
  server: "server error",
  network: "no response",
  timeout: "timed out",
  bad_response: "not a Plaid response",
};
let panels = 0;
const ok = () => badge("ok", "good", "check");

/**
 * @param {{ empty: string, result: (data: any) => any, label?: string, verdict?: (data: any) => Element }} options
 *   empty: how to get a response · result: the formatted view of its data · verdict: the badge beside the label
 */
export function outcomePanel({ empty, result, label = "Response", verdict = ok }) {
  const id = `outcome-${(panels += 1)}`;
  const status = h("div", { class: "outcome-status" });
  const elapsed = h("span", { class: "elapsed" });
  const meta = h("dl", { class: "meta" });
  const progress = h("div", {
    class: "progress",
    role: "progressbar",
    "aria-label": "Waiting for the response",
    hidden: true,
  });
  const note = h("p", { class: "outcome-note", hidden: true });
  const body = h("div", { class: "outcome-body", role: "tabpanel", id: `${id}-body`, tabindex: "0" });
  const tabs = ["Result", "JSON", "Attempts"].map((name, index) =>
    h(
      "button",
      {
        type: "button",
        role: "tab",
        id: `${id}-tab-${index}`,
        "aria-controls": `${id}-body`,
        onclick: () => select(index),
      },
      name,
    ),
  );
  const tablist = h(
    "div",
    { class: "tabs", role: "tablist", "aria-label": `${label} as`, onkeydown: move },
    tabs,
  );
  const element = h(
    "section",
    { class: "card outcome", "aria-label": label },
    h("header", {}, h("h2", {}, label), status, elapsed, tablist),
    progress,
    note,
    meta,
    body,
  );

  let response = null;
  let selected = 0;
  let timers = [];

  function select(index) {
    selected = index;
    render();
  }

  function move(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    select((selected + step + tabs.length) % tabs.length);
    tabs[selected].focus();
  }

  function render() {
    tabs.forEach((tab, index) => {
      tab.setAttribute("aria-selected", index === selected);
      tab.tabIndex = index === selected ? 0 : -1;
      tab.disabled = !response;
    });
    const count = response?.call?.attempts.length;
    tabs[2].textContent = count > 1 ? `${requestsOrAttempts(response.call)} (${count})` : "Attempts";
    body.setAttribute("aria-labelledby", `${id}-tab-${selected}`);
    element.classList.toggle("empty", !response);
    if (!response) {
      show(status);
      show(meta);
      return show(body, h("p", { class: "empty-text" }, empty));
    }
    const { data, error, call } = response;
    show(status, error ? badge(error.name ?? error.code, "bad", "cross") : verdict(data));
    show(meta, metaOf(response));
    if (selected === 0) show(body, error ? errorView(error) : result(data));
    else if (selected === 1) show(body, jsonView(error ?? data));
    else show(body, attemptsView(call?.attempts ?? [], call?.durationMs ?? 0));
  }

  function stop() {
    timers.forEach(clearInterval);
    timers = [];
    progress.hidden = true;
    show(elapsed);
    element.removeAttribute("aria-busy");
  }

  const panel = {
    element,
    /** Makes a call and shows what came of it. Whatever takes longer than half a second shows that it is under way. */
    async run(call) {
      panel.wait();
      let response;
      try {
        response = await call();
      } catch (error) {
        console.error(error);
        response = { error: { code: "page_error", message: `The page failed: ${error.message}` } };
      }
      panel.show(response);
      return response;
    },
    wait() {
      stop();
      note.hidden = true;
      const started = performance.now();
      element.setAttribute("aria-busy", "true");
      timers.push(
        setTimeout(() => {
          progress.hidden = false;
          element.scrollIntoView({ block: "nearest" });
          announce("Waiting for the response");
          timers.push(
            setInterval(() => {
              show(elapsed, `Waiting · ${((performance.now() - started) / 1000).toFixed(1)} s`);
            }, 100),
          );
        }, SHOW_PROGRESS_AFTER),
      );
    },
    /** The attempts so far, while the call is still under way. */
    attempts(list) {
      response = null;
      show(status, badge("trying", "warn", "clock"));
      show(meta);
      element.classList.remove("empty");
      show(body, attemptsView(list));
    },
    show(next) {
      stop();
      note.hidden = true;
      response = next;
      selected = 0;
      render();
      const { error, call } = next;
      element.scrollIntoView({ block: "nearest" });
      announce(
        error
          ? `Failed: ${error.message}`
          : `Response received${call?.attempts.length ? ` after ${plural(call.attempts.length, "attempt")}` : ""}`,
      );
    },
    /** Shows data that was read before the page was reloaded. */
    restore(data) {
      response = { data };
      render();
    },
    /** Says something without replacing what is shown. */
    note(text) {
      note.hidden = false;
      show(note, text);
      announce(text);
    },
    get isEmpty() {
      return !response;
    },
    clear() {
      stop();
      response = null;
      selected = 0;
      render();
    },
  };
  render();
  return panel;
}

/** One call that was sent more than once, or several calls. */
function requestsOrAttempts({ attempts }) {
  return new Set(attempts.map(({ endpoint }) => endpoint)).size > 1 ? "Requests" : "Attempts";
}

function metaOf({ call, error, data }) {
  const requestId = call?.requestId ?? data?.request_id ?? error?.requestId;
  const entry = (term, value) => h("div", {}, h("dt", {}, term), h("dd", {}, value));
  return [
    requestId &&
      entry("Request id", [h("code", {}, requestId), copyButton(requestId, "Copy the request id")]),
    call && entry("Time", milliseconds(call.durationMs)),
    call?.attempts.length > 0 && entry(requestsOrAttempts(call), String(call.attempts.length)),
  ];
}

export function jsonView(value) {
  const text = json(value);
  return h(
    "figure",
    { class: "code json" },
    h("figcaption", {}, h("span", {}, "JSON"), copyButton(text, "Copy the JSON")),
    h("pre", { tabindex: "0", role: "group", "aria-label": "JSON" }, h("code", {}, highlight(text, "json"))),
  );
}

/** The error, as the calling code sees it. */
export function errorView(error) {
  if (!error.name) {
    return h(
      "div",
      { class: "error-view" },
      h("p", { class: "error-title" }, icon("cross"), error.message),
      error.problems &&
        h(
          "ul",
          {},
          error.problems.map((problem) => h("li", {}, problem)),
        ),
    );
  }
  const fields = [
    ["kind", error.kind],
    ["errorType", error.errorType],
    ["errorCode", error.errorCode],
    ["errorMessage", error.errorMessage],
    ["status", error.status],
    ["retryable", error.retryable],
    ["attempts", error.attempts],
    ["retryAfterMs", error.retryAfterMs],
    ["endpoint", error.endpoint],
    ["requestId", error.requestId],
  ];
  return h(
    "div",
    { class: "error-view" },
    h(
      "p",
      { class: "error-title" },
      h("b", {}, error.name),
      badge(error.kind, "bad"),
      h("span", { class: "caught" }, "catch (error)"),
    ),
    h("p", { class: "error-message" }, error.message),
    h(
      "dl",
      { class: "fields" },
      fields
        .filter(([, value]) => value !== undefined && value !== null)
        .map(([name, value]) =>
          h(
            "div",
            {},
            h("dt", {}, name),
            h("dd", { class: `t-${typeof value}` }, typeof value === "string" ? value : String(value)),
          ),
        ),
    ),
  );
}

/** Each attempt as a bar on one timeline, with the waits in between. */
export function attemptsView(attempts, total = 0) {
  if (!attempts.length) return h("p", { class: "empty-text" }, "No request to Plaid is on record for this.");
  const length = Math.max(
    total,
    attempts.reduce((sum, { durationMs, retryInMs = 0 }) => sum + durationMs + retryInMs, 0),
    1,
  );
  let at = 0;
  const rows = attempts.map((attempt) => {
    const { endpoint, outcome, status, durationMs, retryInMs, requestId } = attempt;
    const bar = (kind, ms) => {
      const piece = h("i", { class: kind });
      piece.style.left = `${(at / length) * 100}%`;
      piece.style.width = `max(3px, ${(ms / length) * 100}%)`;
      at += ms;
      return piece;
    };
    const tone = outcome === "ok" ? "good" : "bad";
    return h(
      "li",
      { class: "attempt" },
      h(
        "div",
        { class: "attempt-head" },
        h("span", { class: "attempt-number" }, `Attempt ${attempt.attempt}`),
        badge(status ? `${status} ${KIND_TEXT[outcome] ?? outcome}` : (KIND_TEXT[outcome] ?? outcome), tone),
        h("code", {}, endpoint),
        h(
          "span",
          { class: "attempt-time" },
          milliseconds(durationMs),
          retryInMs !== undefined && h("em", {}, `, then waits ${milliseconds(retryInMs)}`),
        ),
      ),
      h("div", { class: "track" }, bar(tone, durationMs), retryInMs !== undefined && bar("wait", retryInMs)),
      requestId && h("span", { class: "attempt-id" }, "request id ", h("code", {}, requestId)),
    );
  });
  return h("ol", { class: "attempts" }, rows);
}
