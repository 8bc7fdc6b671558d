import { refresh } from "../activity.js";
import { codePanel } from "../code-panel.js";
import { badge, h, icon, show } from "../dom.js";
import { time } from "../format.js";
import { jsonView, outcomePanel } from "../outcome.js";
import { state } from "../state.js";
import { actionButton, needsItem, stepFrame } from "../step.js";
import { ask } from "../worker.js";

export const id = "webhooks";
export const title = "Trust only Plaid's webhooks";
export const short = "Webhooks";
export const done = () => state.activity.webhooks.some((webhook) => webhook.rejected) || sent.has("genuine");

const sent = new Set();

const KINDS = [
  ["genuine", "Genuine", "Signed by Plaid, fresh, untouched."],
  ["tampered", "Tampered", "The item id was changed on the way."],
  ["stale", "Stale", "Genuine once, replayed after 10 minutes."],
  ["forged", "Mis-signed", "The signature is made up."],
  ["expired_key", "Expired key", "Signed with a key Plaid has retired."],
  ["unsigned", "Unsigned", "No Plaid-Verification header at all."],
];

const REASONS = {
  missing_header: "There is no Plaid-Verification header.",
  malformed_token: "The signature header is not a token.",
  wrong_algorithm: "It is not signed with ES256.",
  unknown_key: "Plaid does not know the key it names.",
  expired_key: "The key it is signed with has expired.",
  bad_signature: "The signature does not match the key.",
  stale: "It was issued more than 5 minutes ago.",
  body_mismatch: "The body is not the one that was signed.",
  body_too_large: "The body is larger than any webhook.",
  malformed_body: "The body is not a webhook's JSON.",
};

const CODES = {
  NEW_ACCOUNTS_AVAILABLE: "The user has opened another account.",
  BANK_TRANSFERS_EVENTS_UPDATE: "New transfer events: the worker syncs them.",
  ERROR: "The item needs attention.",
  LOGIN_REPAIRED: "The item can be read again.",
};

export function build() {
  const outcome = outcomePanel({
    empty: "Send a webhook to see what the worker makes of it.",
    verdict: ({ webhook_fired }) =>
      webhook_fired ? badge("sent", "good", "check") : badge("rejected", "bad", "cross"),
    result: ({ webhook_fired, status, answer }) =>
      webhook_fired
        ? h("p", {}, "Plaid has sent it. What the worker made of it is in the inbox.")
        : h(
            "dl",
            { class: "facts" },
            h("div", {}, h("dt", {}, "The worker answered"), h("dd", {}, badge(String(status), "bad"))),
            h("div", {}, h("dt", {}, "Reason"), h("dd", {}, h("code", {}, answer.error?.reason))),
            h("div", {}, h("dt", {}, "Error"), h("dd", {}, answer.error?.message)),
          ),
  });
  const buttons = KINDS.map(([kind, label, note]) => {
    const local = kind !== "genuine";
    const button = h(
      "button",
      {
        type: "button",
        class: `kind ${local ? "bad" : "good"}`,
        async onclick() {
          if (button.getAttribute("aria-disabled") === "true" || button.getAttribute("aria-busy")) return;
          button.setAttribute("aria-busy", "true");
          outcome.wait();
          const answer = local
            ? await ask("POST", "/api/sandbox/webhooks/forge", { item_id: state.itemId, flaw: kind })
            : await ask("POST", "/api/sandbox/webhooks/fire", { item_id: state.itemId });
          button.removeAttribute("aria-busy");
          if (answer.data) sent.add(kind);
          await refresh();
          outcome.show(answer);
          update();
        },
      },
      icon(local ? "cross" : "shield"),
      h("span", {}, h("b", {}, label), h("small", {}, note)),
    );
    return { button, local };
  });
  const reason = h("p", { class: "reason" });

  const code = codePanel("In the worker", () =>
    [
      'app.post("/webhook", async (c) => {',
      "  let webhook;",
      "  try {",
      "    // The raw request: the signature covers its bytes.",
      "    webhook = await plaid.verifyWebhook(c.req.raw);",
      "  } catch (error) {",
      "    return c.json({ reason: error.reason }, 400);",
      "  }",
      "  await log.accept(webhook);",
      "  return c.json({ received: true });",
      "});",
    ].join("\n"),
  );

  const inbox = h("ol", { class: "inbox" });
  const empty = h("p", { class: "empty-text" }, "The inbox is empty. Send a webhook above.");
  let drawn = "";

  function update() {
    code.update();
    const why = needsItem(state);
    const unreachable = state.session && !state.session.webhookUrl;
    for (const { button, local } of buttons) {
      const off = why || unreachable || (local && !state.session?.localSandbox);
      button.setAttribute("aria-disabled", String(Boolean(off)));
    }
    reason.hidden = !(why || unreachable || (state.session && !state.session.localSandbox));
    show(
      reason,
      why
        ? [why.text, " ", h("a", { href: `#${why.step}` }, why.link)]
        : unreachable
          ? "Plaid can't reach a worker on localhost. Deploy it, or run the demo without keys."
          : "Forging webhooks needs the local sandbox; genuine ones work everywhere.",
    );

    const now = JSON.stringify(state.activity.webhooks);
    if (now === drawn) return;
    const known = new Set(drawn ? JSON.parse(drawn).map((webhook) => webhook.seq) : []);
    drawn = now;
    empty.hidden = state.activity.webhooks.length > 0;
    show(
      inbox,
      state.activity.webhooks.map((webhook) => {
        const { rejected, webhook_type, webhook_code, item_id, error_code, received_at } = webhook;
        return h(
          "li",
          { class: `${rejected ? "rejected" : "verified"} ${known.has(webhook.seq) ? "" : "new"}` },
          h(
            "details",
            {},
            h(
              "summary",
              {},
              badge(
                rejected ? "rejected" : "verified",
                rejected ? "bad" : "good",
                rejected ? "cross" : "shield",
              ),
              h(
                "span",
                { class: "inbox-what" },
                h("b", {}, rejected ? h("code", {}, rejected) : `${webhook_type} · ${webhook_code}`),
                h(
                  "span",
                  {},
                  rejected
                    ? (REASONS[rejected] ?? "It did not pass.")
                    : [CODES[webhook_code] ?? "", error_code && h("code", {}, error_code)],
                ),
              ),
              h("time", { datetime: received_at }, time(received_at)),
            ),
            rejected
              ? h(
                  "p",
                  { class: "inbox-more" },
                  "Answered 400. Nothing of its body was read, kept or acted on.",
                )
              : h(
                  "div",
                  { class: "inbox-more" },
                  jsonView({
                    webhook_type,
                    webhook_code,
                    ...(item_id && { item_id }),
                    ...(error_code && { error_code }),
                  }),
                ),
          ),
        );
      }),
    );
  }

  return {
    element: stepFrame({
      id,
      number: 7,
      title,
      lead: "Anyone can send a request to your webhook address. The worker checks the signature, its age and the exact bytes of the body before it does anything: send it a genuine webhook and some that are not.",
      controls: [
        h(
          "div",
          { class: "kinds", role: "group", "aria-label": "Send a webhook" },
          buttons.map(({ button }) => button),
        ),
        reason,
      ],
      code: code.element,
      below: [
        outcome.element,
        h(
          "section",
          { class: "card", "aria-label": "Webhook inbox" },
          h(
            "header",
            {},
            h("h2", {}, "Inbox"),
            h("span", { class: "live" }, "live"),
            h("code", { class: "cursor" }, "POST /webhook"),
          ),
          empty,
          inbox,
        ),
      ],
    }),
    update,
  };
}
