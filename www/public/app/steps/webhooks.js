import { liveBadge, refresh } from "../activity.js";
import { codePanel } from "../code-panel.js";
import { badge, h, icon, show } from "../dom.js";
import { time } from "../format.js";
import { jsonView, outcomePanel } from "../outcome.js";
import { unmet } from "../prerequisites.js";
import { change, state } from "../state.js";
import { stepFrame } from "../step.js";
import { ask } from "../worker.js";

export const id = "webhooks";
export const title = "Trust only Plaid's webhooks";
export const done = () => state.sent.length > 0;

const KINDS = [
  ["genuine", "Genuine", "Signed by Plaid, fresh, unchanged."],
  ["tampered", "Tampered", "The item id was changed on the way."],
  ["stale", "Stale", "Genuine once, replayed 10 minutes later."],
  ["forged", "Bad signature", "The signature is made up."],
  ["expired_key", "Expired key", "Signed with a key that Plaid has retired."],
  ["unsigned", "Unsigned", "No Plaid-Verification header."],
];

const REASONS = {
  missing_header: "The Plaid-Verification header is missing.",
  malformed_token: "The Plaid-Verification header is not a token.",
  wrong_algorithm: "It is not signed with ES256.",
  unknown_key: "Plaid doesn't know its key.",
  expired_key: "Its key has expired.",
  bad_signature: "The signature does not match the key.",
  stale: "It was issued more than 5 minutes ago.",
  body_mismatch: "The body is not the one that was signed.",
  body_too_large: "The body is larger than any webhook.",
  malformed_body: "The body is not a JSON object.",
};

const CODES = {
  NEW_ACCOUNTS_AVAILABLE: "The user has opened another account.",
  BANK_TRANSFERS_EVENTS_UPDATE: "There are new transfer events. The worker syncs them.",
  ERROR: "The item needs attention.",
  LOGIN_REPAIRED: "The item can be read again.",
};

export function build() {
  // The genuine webhook that was requested last: what Plaid said, and what arrived.
  let genuine = null;

  const outcome = outcomePanel({
    empty: "Send a webhook to see how the worker handles it.",
    verdict({ webhook_fired }) {
      if (!webhook_fired) return badge("rejected", "bad", "cross");
      return genuine?.arrived ? badge("verified", "good", "shield") : badge("sent", "warn", "clock");
    },
    result({ webhook_fired, status, response }) {
      if (!webhook_fired) {
        return h(
          "dl",
          { class: "facts" },
          h("div", {}, h("dt", {}, "The worker responded"), h("dd", {}, badge(String(status), "bad"))),
          h("div", {}, h("dt", {}, "Reason"), h("dd", {}, h("code", {}, response.error?.reason))),
          h("div", {}, h("dt", {}, "Error"), h("dd", {}, response.error?.message)),
        );
      }
      if (!genuine?.arrived) return h("p", {}, "Plaid has sent it. It has not arrived yet.");
      return [
        h("p", { class: "result-lead" }, "The worker verified it, and this is what it got:"),
        jsonView(genuine.arrived.payload),
      ];
    },
  });

  async function send(kind) {
    const item_id = state.itemId;
    if (kind === "genuine") {
      const before = state.activity.webhooks[0]?.seq ?? 0;
      genuine = null;
      const response = await outcome.run(() => ask("POST", "/api/sandbox/webhooks/fire", { item_id }));
      if (response.data) genuine = { before, response, arrived: null };
      await refresh();
      if (response.data) sent(kind);
    } else {
      const path = "/api/sandbox/webhooks/forge";
      const { data } = await outcome.run(() => ask("POST", path, { item_id, flaw: kind }));
      await refresh();
      if (data) sent(kind);
    }
  }

  const sent = (kind) => change({ sent: [...new Set([...state.sent, kind])] });

  function noticeArrival() {
    if (!genuine || genuine.arrived) return;
    genuine.arrived = state.activity.webhooks.find(
      ({ seq, payload }) => seq > genuine.before && payload?.webhook_code === "NEW_ACCOUNTS_AVAILABLE",
    );
    if (genuine.arrived) outcome.show(genuine.response);
  }

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
          await send(kind);
          button.removeAttribute("aria-busy");
        },
      },
      icon(local ? "cross" : "shield"),
      h("span", {}, h("b", {}, label), " ", h("small", {}, note)),
    );
    return { button, local };
  });
  const reason = h("p", { class: "reason" });

  const code = codePanel("In the worker", "www/src/webhook.js", () =>
    [
      'app.post("/webhook", async (c) => {',
      "  let webhook;",
      "  try {",
      "    // The raw request: the signature covers its bytes.",
      "    webhook = await plaid.verifyWebhook(c.req.raw);",
      "  } catch (error) {",
      "    // Judged to be a forgery, so refused for good.",
      '    if (error.kind === "webhook") return c.body(null, 400);',
      "    // A mistake in this program, so not Plaid's to fix.",
      '    if (error.kind === "invalid_argument") throw error;',
      "    // No key to check it with. After a 503, Plaid retries.",
      "    return c.body(null, 503);",
      "  }",
      "  await log.accept(webhook);",
      "  return c.json({ received: true });",
      "});",
    ].join("\n"),
  );

  const live = liveBadge();
  const inbox = h("ol", { class: "inbox" });
  const empty = h("p", { class: "empty-text" }, "The inbox is empty. Send a webhook above.");
  const entries = new Map(); // what the inbox shows, by the webhook's number

  function update() {
    code.update();
    live.update();
    noticeArrival();
    const why = unmet("exchange");
    const { ready, session } = state;
    const unreachable = ready && !session.webhookUrl;
    for (const { button, local } of buttons) {
      const off = !ready || why || unreachable || (local && !session.localSandbox);
      button.setAttribute("aria-disabled", String(Boolean(off)));
    }
    reason.hidden = ready && !(why || unreachable || !session.localSandbox);
    show(
      reason,
      !ready
        ? "Connecting to the worker…"
        : why
          ? [why.text, " ", h("a", { href: `#${why.step}` }, why.link)]
          : unreachable
            ? "Plaid can't reach a worker on localhost. Deploy it, or run the demo without keys."
            : "Only the local sandbox can forge webhooks. Genuine ones work everywhere.",
    );

    // An entry stays where it is, open or focused, when others arrive.
    const { webhooks } = state.activity;
    empty.hidden = webhooks.length > 0;
    for (const webhook of webhooks.toReversed()) {
      if (entries.has(webhook.seq)) continue;
      const entry = inboxEntry(webhook);
      entries.set(webhook.seq, entry);
      inbox.prepend(entry);
    }
    const current = new Set(webhooks.map(({ seq }) => seq));
    for (const [seq, entry] of entries) {
      if (current.has(seq)) continue;
      entry.remove();
      entries.delete(seq);
    }
  }

  return {
    element: stepFrame({
      id,
      number: 7,
      title,
      lead: "Anyone can send a request to your webhook address. The worker verifies the signature, the age, and the exact bytes of the body before it does anything else. Send it a genuine webhook, and some that are not.",
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
            live.element,
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

function inboxEntry({ rejected, payload, received_at }) {
  const title = rejected ?? `${payload.webhook_type} · ${payload.webhook_code}`;
  const explanation = rejected
    ? (REASONS[rejected] ?? "It failed verification.")
    : [CODES[payload.webhook_code] ?? "", payload.error && h("code", {}, payload.error.error_code)];
  return h(
    "li",
    { class: `new ${rejected ? "rejected" : "verified"}` },
    h(
      "details",
      {},
      h(
        "summary",
        {},
        rejected ? badge("rejected", "bad", "cross") : badge("verified", "good", "shield"),
        h(
          "span",
          { class: "inbox-what" },
          h("b", {}, rejected ? h("code", {}, title) : title),
          h("span", {}, explanation),
        ),
        h("time", { datetime: received_at }, time(received_at)),
      ),
      h(
        "div",
        { class: "inbox-more" },
        rejected
          ? h("p", {}, "The worker responded with 400. Nothing in the body was kept or acted on.")
          : jsonView(payload),
      ),
    ),
  );
}
