import { codePanel } from "../code-panel.js";
import { badge, h, icon, show } from "../dom.js";
import { plural } from "../format.js";
import { openLink } from "../open-link.js";
import { outcomePanel } from "../outcome.js";
import { unmet } from "../prerequisites.js";
import { change, state } from "../state.js";
import { actionButton, stepFrame } from "../step.js";
import { ask, askLines } from "../worker.js";

export const id = "failures";
export const title = "Break it";
export const done = () => state.tried.length > 0;

const SCENARIOS = [
  [
    "login_required",
    "Login required",
    "The user changed their password at the bank.",
    "Open Link in update mode. The access token stays the same.",
  ],
  [
    "rate_limit",
    "Rate limit",
    "Two responses with 429, then it works.",
    "Nothing to do. The call was retried after the time that Plaid asked for.",
  ],
  [
    "outage",
    "Plaid is down",
    "Every attempt ends with 500.",
    "All retries are used up. The error is retryable, so try again later.",
  ],
  [
    "institution_down",
    "Bank is down",
    "A 400 that is worth retrying later.",
    "The status is 400, but the error is retryable, because the bank will come back.",
  ],
  [
    "timeout",
    "Timeout",
    "No response within a second.",
    "The call gave up after timeoutMs, instead of hanging for minutes.",
  ],
  [
    "network",
    "No connection",
    "The connection breaks three times.",
    "There was no response, so there is no status and no request id. The cause is kept.",
  ],
  [
    "bad_response",
    "Unexpected response",
    "A proxy responds with its login page.",
    "A 200 that is not from Plaid. The error quotes it, so you can see who sent it.",
  ],
];

export function build() {
  let scenario = "login_required";
  let error = null;
  let repaired = false;
  const advice = h("div", { class: "advice", hidden: true });

  const outcome = outcomePanel({
    label: "What your code sees",
    empty: "Choose a failure and press “Break it”.",
    result: (data) =>
      h(
        "p",
        { class: "result-lead" },
        badge("ok", "good", "check"),
        ` ${plural(data.accounts.length, "account")} read: the call succeeded.`,
      ),
  });

  const buttons = SCENARIOS.map(([key, label, note]) =>
    h(
      "button",
      {
        type: "button",
        class: "kind",
        onclick() {
          scenario = key;
          update();
        },
      },
      h("span", {}, h("b", {}, label), " ", h("small", {}, note)),
    ),
  );

  const run = actionButton({
    label: "Break it",
    iconName: "bolt",
    blocked() {
      if (unmet("exchange")) return unmet("exchange");
      if (
        state.session.localSandbox ||
        (scenario === "login_required" && state.session.environment === "sandbox")
      )
        return undefined;
      return { text: "Only the local sandbox fails on demand. Run the demo without Plaid keys." };
    },
    async action() {
      const attempts = [];
      repaired = false;
      show(advice);
      advice.hidden = true;
      outcome.clear();
      const response = await outcome.run(() =>
        askLines("/api/sandbox/break", { item_id: state.itemId, scenario }, ({ attempt }) => {
          if (!attempt) return;
          attempts.push(attempt);
          outcome.attempts(attempts);
        }),
      );
      // Without a call, the worker could not be asked, and nothing was tried.
      if (!response.call) return;
      error = response.error ?? null;
      change({ tried: [...new Set([...state.tried, scenario])] });
      advise();
    },
  });

  const repair = actionButton({
    label: "Repair in update mode",
    iconName: "lock",
    async action() {
      const created = await ask("POST", "/api/link-token", { item_id: state.itemId });
      if (created.error) return outcome.show(created);
      const { exit } = await openLink(created.data.link_token);
      if (exit) return outcome.note("Link was closed. The item still needs a login.");
      const { data, error: stillBroken } = await outcome.run(() =>
        ask("GET", `/api/items/${state.itemId}/auth`),
      );
      error = stillBroken ?? null;
      repaired = !error;
      if (data) change({ auth: data });
      advise();
    },
  });

  function advise() {
    const [, label, , text] = SCENARIOS.find(([key]) => key === scenario);
    advice.hidden = false;
    show(
      advice,
      icon(repaired ? "check" : "bolt"),
      h(
        "div",
        {},
        h("b", {}, repaired ? "Repaired" : label),
        h(
          "p",
          {},
          repaired ? "The same access token reads the accounts again. Nothing had to be exchanged." : text,
        ),
      ),
      error?.errorCode === "ITEM_LOGIN_REQUIRED" && repair.element,
    );
    code.update();
  }

  const code = codePanel("In the worker", "www/src/plaid.js", () => {
    const options = scenario === "timeout" ? ", {\n    timeoutMs: 1000,\n    maxRetries: 1,\n  }" : "";
    const lines = ["try {", `  await plaid.authRequest(accessToken${options});`, "} catch (error) {"];
    const react = {
      login_required: [
        '  if (error.errorCode === "ITEM_LOGIN_REQUIRED") {',
        "    // Link opens in update mode with this one.",
        "    return plaid.createLinkToken(userId, { accessToken });",
        "  }",
        "  throw error;",
      ],
      rate_limit: [
        "  // Not reached: two retries were enough.",
        '  if (error.kind === "rate_limit") {',
        "    queue.retryIn(error.retryAfterMs);",
        "  }",
      ],
      timeout: ['  if (error.kind === "timeout") showLastKnown();'],
      network: [
        '  // error.kind is "network", and error.cause says why.',
        "  if (error.retryable) queue.retryLater();",
      ],
      bad_response: ['  // error.kind is "bad_response"', "  console.error(error.errorDetails);"],
    }[scenario] ?? ["  if (error.retryable) queue.retryLater();", "  console.error(error.requestId);"];
    return [...lines, ...react, "}"].join("\n");
  });

  function update() {
    run.update();
    code.update();
    buttons.forEach((button, index) =>
      button.setAttribute("aria-pressed", String(SCENARIOS[index][0] === scenario)),
    );
  }

  return {
    element: stepFrame({
      id,
      number: 8,
      title,
      lead: "Passwords change, limits are hit, networks fail. Force each failure on the same call. See what plaid-edge handles on its own, and what it leaves to you: an error with everything you need to decide.",
      controls: [h("div", { class: "kinds", role: "group", "aria-label": "Failure" }, buttons), run.element],
      code: code.element,
      below: [outcome.element, advice],
    }),
    update,
  };
}
