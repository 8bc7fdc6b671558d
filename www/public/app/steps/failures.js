import { codePanel } from "../code-panel.js";
import { badge, h, icon, show } from "../dom.js";
import { plural } from "../format.js";
import { openLink } from "../link-dialog.js";
import { outcomePanel } from "../outcome.js";
import { change, state } from "../state.js";
import { actionButton, needsItem, stepFrame } from "../step.js";
import { ask, askLines } from "../worker.js";

export const id = "failures";
export const title = "Break it";
export const short = "Failures";
export const done = () => state.broken.size > 0;

const SCENARIOS = [
  [
    "login_required",
    "Login required",
    "The user changed their password at the bank.",
    "Send the user through Link in update mode. The access token stays the same.",
  ],
  [
    "rate_limit",
    "Rate limit",
    "Two answers of 429, then it works.",
    "Nothing to do: the adapter waited as long as Plaid asked, and tried again.",
  ],
  [
    "outage",
    "Plaid is down",
    "Every attempt ends in 500.",
    "It may work later: retryable is true, and every attempt was already made.",
  ],
  [
    "institution_down",
    "Bank is down",
    "A 400 that is worth trying later.",
    "Plaid sends this with status 400, but retryable says that it will pass.",
  ],
  [
    "timeout",
    "Time-out",
    "No answer within a second.",
    "The call gave up when it said it would, instead of hanging for minutes.",
  ],
  [
    "network",
    "No connection",
    "The connection breaks, three times.",
    "There was no answer, so there is no status and no request id; the cause is kept.",
  ],
  [
    "bad_response",
    "Strange answer",
    "A proxy answers with its login page.",
    "A 200 that is not Plaid's. The error quotes it, so that you can see who answered.",
  ],
];

export function build() {
  let scenario = "login_required";
  let error = null;
  let repaired = false;
  const advice = h("div", { class: "advice", hidden: true });

  const outcome = outcomePanel({
    label: "What the code sees",
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
      h("span", {}, h("b", {}, label), h("small", {}, note)),
    ),
  );

  const run = actionButton({
    label: "Break it",
    iconName: "bolt",
    blocked() {
      if (!state.itemId) return needsItem(state);
      if (
        state.session.localSandbox ||
        (scenario === "login_required" && state.session.environment === "sandbox")
      )
        return undefined;
      return { text: "Only the local sandbox fails on demand: run the demo without Plaid keys." };
    },
    async action() {
      const attempts = [];
      repaired = false;
      show(advice);
      advice.hidden = true;
      outcome.clear();
      outcome.wait();
      const answer = await askLines(
        "/api/sandbox/break",
        { item_id: state.itemId, scenario },
        ({ attempt }) => {
          if (!attempt) return;
          attempts.push(attempt);
          outcome.attempts(attempts);
        },
      );
      error = answer.error ?? null;
      outcome.show(answer);
      change({ broken: new Set(state.broken).add(scenario) });
      advise();
    },
  });

  const repair = actionButton({
    label: "Repair in update mode",
    iconName: "lock",
    async action() {
      const created = await ask("POST", "/api/link-token", { item_id: state.itemId });
      if (created.error) return outcome.show(created);
      const { exit } = await openLink(created.data.link_token, {
        real: !state.session.localSandbox,
        update: true,
      });
      if (exit) return outcome.show({ error: { code: "exit", message: exit.message ?? exit.error_message } });
      outcome.wait();
      const answer = await ask("GET", `/api/items/${state.itemId}/auth`);
      error = answer.error ?? null;
      repaired = !error;
      if (answer.data) change({ auth: answer.data });
      outcome.show(answer);
      advise();
    },
  });

  const finish = h(
    "section",
    { class: "finish", hidden: true },
    h("h2", {}, "Make it yours"),
    h(
      "p",
      {},
      "That is all of it. Copy ",
      h("code", {}, "www/"),
      ", leave out ",
      h("code", {}, "src/sandbox.js"),
      ", set the four secrets with ",
      h("code", {}, "npx wrangler secret put"),
      ", and ",
      h("code", {}, "npx wrangler deploy"),
      ".",
    ),
  );

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
          repaired ? "The same access token reads the accounts again; nothing had to be exchanged." : text,
        ),
      ),
      error?.errorCode === "ITEM_LOGIN_REQUIRED" && repair.element,
    );
    code.update();
  }

  const code = codePanel("In the worker", () => {
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
        '  // error.kind === "network", error.cause is the reason.',
        "  if (error.retryable) queue.retryLater();",
      ],
      bad_response: ['  // error.kind === "bad_response"', "  console.error(error.errorDetails);"],
    }[scenario] ?? ["  if (error.retryable) queue.retryLater();", "  console.error(error.requestId);"];
    return [...lines, ...react, "}"].join("\n");
  });

  function update() {
    run.update();
    code.update();
    finish.hidden = !done();
    buttons.forEach((button, index) =>
      button.setAttribute("aria-pressed", String(SCENARIOS[index][0] === scenario)),
    );
  }

  return {
    element: stepFrame({
      id,
      number: 8,
      title,
      lead: "Banks change passwords, limits are hit, networks fail. Force each failure on the same call and see what the adapter does by itself, and what it leaves to you, as an error with everything you need to decide.",
      controls: [h("div", { class: "kinds", role: "group", "aria-label": "Failure" }, buttons), run.element],
      code: code.element,
      below: [outcome.element, advice, finish],
    }),
    update,
  };
}
