import { liveBadge, refresh } from "../activity.js";
import { codePanel } from "../code-panel.js";
import { badge, h, icon, redraw, show, svg } from "../dom.js";
import { highlight } from "../highlight.js";
import { literal, money, shortId, time } from "../format.js";
import { outcomePanel } from "../outcome.js";
import { unmet } from "../prerequisites.js";
import { change, ownerName, state } from "../state.js";
import { actionButton, field, oneOf, stepFrame } from "../step.js";
import { ask } from "../worker.js";

export const id = "transfers";
export const title = "Move money, follow the events";
export const done = () => state.transfers.length > 0 && state.activity.events.length > 0;

const TONES = { pending: "warn", posted: "good", failed: "bad", reversed: "bad", cancelled: "neutral" };
const FOUND_BY = { webhook: "webhook", schedule: "schedule", page: "the page" };

export function build() {
  const form = { type: "debit", amount: "12.34", account: null };
  let selected = null;
  let last = "create";

  const account = h("select", { onchange: () => update() });
  const amount = h("input", {
    type: "text",
    inputmode: "decimal",
    value: form.amount,
    oninput(event) {
      form.amount = event.target.value;
      update();
    },
  });

  const outcome = outcomePanel({
    empty: "Create a transfer to see Plaid's response.",
    result: (data) =>
      data.bank_transfer
        ? h(
            "dl",
            { class: "facts" },
            h(
              "div",
              {},
              h("dt", {}, "Transfer"),
              h("dd", {}, h("code", { class: "wrap" }, data.bank_transfer.id)),
            ),
            h(
              "div",
              {},
              h("dt", {}, "Amount"),
              h("dd", {}, money(data.bank_transfer.amount, data.bank_transfer.iso_currency_code)),
            ),
            h(
              "div",
              {},
              h("dt", {}, "Status"),
              h("dd", {}, badge(data.bank_transfer.status, TONES[data.bank_transfer.status])),
            ),
            h(
              "div",
              {},
              h("dt", {}, "Network"),
              h("dd", {}, `${data.bank_transfer.network}, class ${data.bank_transfer.ach_class}`),
            ),
          )
        : data.cursor !== undefined
          ? h(
              "p",
              {},
              data.added
                ? `${data.added} new. The cursor is at ${data.cursor}.`
                : `Nothing new after event ${data.cursor}.`,
            )
          : h("p", {}, "Accepted. The new state arrives as an event, which a webhook announces."),
  });

  const call = async (kind, path, body) => {
    last = kind;
    const response = await outcome.run(() => ask("POST", path, body));
    update();
    return response;
  };

  const create = actionButton({
    label: "Create transfer",
    blocked() {
      if (state.session.environment !== "sandbox") return { text: "The demo moves money only in a sandbox." };
      if (unmet("accounts")) return unmet("accounts");
      if (!/^\d{1,6}\.\d\d$/.test(form.amount))
        return { text: "Enter the amount with two decimals, such as 12.34." };
      return undefined;
    },
    async action() {
      const { data } = await call("create", "/api/sandbox/transfers", {
        item_id: state.itemId,
        account_id: account.value,
        type: form.type,
        amount: form.amount,
        legal_name: ownerName(),
      });
      if (!data) return;
      const { id: created, account_id, type, amount: sum, iso_currency_code: currency } = data.bank_transfer;
      selected = created;
      change({ transfers: [{ id: created, account_id, type, amount: sum, currency }, ...state.transfers] });
      await ask("POST", "/api/events/sync", {});
      await refresh();
    },
  });
  const sync = actionButton({
    label: "Sync now",
    kind: "secondary small",
    blocked: () => unmet("exchange"),
    async action() {
      await call("sync", "/api/events/sync", {});
      await refresh();
    },
  });

  const code = codePanel("In the worker", "www/src/sandbox.js", () => {
    if (last !== "create" && last !== "sync") {
      const webhook = state.session.webhookUrl;
      return [
        "await plaid.request(",
        '  "/sandbox/bank_transfer/simulate",',
        `  ${literal({ bank_transfer_id: selected, event_type: last }, 2)},`,
        ");",
        webhook &&
          `await plaid.request(\n  "/sandbox/bank_transfer/fire_webhook",\n  { webhook: ${literal(webhook)} },\n);`,
      ]
        .filter(Boolean)
        .join("\n");
    }
    return [
      "const { bank_transfer } = await plaid.request(",
      '  "/bank_transfer/create",',
      "  {",
      "    access_token: accessToken,",
      "    idempotency_key: crypto.randomUUID(),",
      `    account_id: ${account.value ? `"${account.value}"` : "accountId"},`,
      `    type: "${form.type}",`,
      '    network: "ach",',
      `    ach_class: "${form.type === "debit" ? "web" : "ppd"}",`,
      `    amount: "${form.amount}",`,
      '    iso_currency_code: "USD",',
      '    description: "Demo",',
      `    user: { legal_name: ${literal(ownerName())} },`,
      "  },",
      ");",
    ].join("\n");
  });

  const transferList = h("ul", { class: "transfers" });
  const machine = h("div", { class: "machine" });
  const cursor = h("span", { class: "cursor" });
  const loop = h("code");
  const rows = h("tbody");
  const streamEmpty = h(
    "p",
    { class: "empty-text" },
    "No events yet. Create a transfer, and its first event is “pending”.",
  );
  const table = h(
    "div",
    { class: "table-wrap", tabindex: "0", role: "region", "aria-label": "Bank-transfer events" },
    h(
      "table",
      {},
      h(
        "thead",
        {},
        h(
          "tr",
          {},
          ["Event", "Type", "Transfer", "Amount", "Time", "Found by"].map((name) =>
            h("th", { scope: "col" }, name),
          ),
        ),
      ),
      rows,
    ),
  );
  const live = liveBadge();
  const seen = new Set();

  async function move(event_type) {
    const { data } = await call(event_type, `/api/sandbox/transfers/${selected}/simulate`, { event_type });
    if (data && !state.session.webhookUrl) await ask("POST", "/api/events/sync", {});
    await refresh();
  }

  const statusOf = (transferId) =>
    state.activity.events.find((event) => event.bank_transfer_id === transferId)?.status ?? "pending";

  let drawn = "";
  function update() {
    create.update();
    sync.update();
    code.update();
    live.update();
    const accounts = state.auth?.accounts ?? [];
    if (account.dataset.for !== accounts.map((entry) => entry.account_id).join()) {
      account.dataset.for = accounts.map((entry) => entry.account_id).join();
      show(
        account,
        accounts.length
          ? accounts.map((entry) =>
              h("option", { value: entry.account_id }, `${entry.name} ••••${entry.mask}`),
            )
          : h("option", { value: "" }, "Read the accounts first"),
      );
      account.disabled = accounts.length === 0;
    }
    if (!selected && state.transfers.length) selected = state.transfers[0].id;
    // Redrawn only if something changed, so that the keyboard focus stays where it is.
    const now = JSON.stringify([selected, state.transfers, state.activity]);
    if (now === drawn) return;
    drawn = now;

    redraw(
      transferList,
      state.transfers.length
        ? state.transfers.map((transfer) =>
            h(
              "li",
              {},
              h(
                "button",
                {
                  type: "button",
                  "data-key": transfer.id,
                  "aria-pressed": String(transfer.id === selected),
                  onclick() {
                    selected = transfer.id;
                    update();
                  },
                },
                h("span", { class: "transfer-amount" }, money(transfer.amount, transfer.currency)),
                h("span", {}, transfer.type === "debit" ? "pulled from the account" : "sent to the account"),
                h("code", {}, shortId(transfer.id)),
                badge(statusOf(transfer.id), TONES[statusOf(transfer.id)]),
              ),
            ),
          )
        : h("li", { class: "empty-text" }, "No transfers yet. Create one above."),
    );
    machine.hidden = !selected;
    if (selected) redraw(machine, stateMachine(statusOf(selected), move));
    cursor.textContent = `cursor at ${state.activity.cursor}`;
    show(
      loop,
      highlight(
        `for await (const event of plaid.bankTransferEvents({ afterId: ${state.activity.cursor} })) log.handle(event);`,
      ),
    );
    streamEmpty.hidden = state.activity.events.length > 0;
    table.hidden = !streamEmpty.hidden;
    show(
      rows,
      state.activity.events.map((event) => {
        const row = h(
          "tr",
          { class: seen.has(event.event_id) ? "" : "new" },
          h("td", {}, h("code", {}, `#${event.event_id}`)),
          h(
            "td",
            {},
            badge(event.event_type, TONES[event.event_type]),
            event.failure && h("small", {}, reasonOf(event.failure)),
          ),
          h("td", {}, h("code", {}, shortId(event.bank_transfer_id))),
          h("td", { class: "number" }, money(event.amount, event.currency)),
          h("td", {}, time(event.timestamp)),
          h("td", {}, FOUND_BY[event.found_by]),
        );
        seen.add(event.event_id);
        return row;
      }),
    );
  }

  return {
    element: stepFrame({
      id,
      number: 6,
      title,
      lead: "In real life a transfer takes days, so its state arrives as events. Create a transfer and advance it. Plaid announces each change with a webhook, and the worker reads the new events from its cursor and handles each exactly once.",
      controls: [
        field("Account", account),
        h(
          "div",
          { class: "row" },
          oneOf(
            "Direction",
            "direction",
            [
              ["debit", "Pull"],
              ["credit", "Push"],
            ],
            form.type,
            (type) => {
              form.type = type;
              update();
            },
          ),
          field("Amount in USD", amount),
        ),
        create.element,
        h(
          "p",
          { class: "hint" },
          "This is Bank Transfer, which Plaid offers to some existing clients. For Transfer, ",
          h("code", {}, "transferEvents()"),
          " works the same way.",
        ),
      ],
      code: code.element,
      below: [
        outcome.element,
        h(
          "section",
          { class: "card", "aria-label": "Transfers" },
          h("header", {}, h("h2", {}, "Transfers")),
          transferList,
          machine,
        ),
        h(
          "section",
          { class: "card", "aria-label": "Event stream" },
          h("header", {}, h("h2", {}, "Event stream"), live.element, cursor, sync.element),
          h(
            "pre",
            { class: "code strip", tabindex: "0", role: "group", "aria-label": "Code: reading the events" },
            loop,
          ),
          streamEmpty,
          table,
        ),
      ],
    }),
    update,
  };
}

const reasonOf = (failure) => {
  const { ach_return_code, description } = JSON.parse(failure);
  return [ach_return_code, description].filter(Boolean).join(" · ");
};

/** pending → posted → reversed, and pending → failed. Each next state is a button. */
function stateMachine(status, move) {
  const node = (name, x, y) =>
    svg(
      "g",
      { class: `node ${name === status ? `current ${TONES[name]}` : ""}`, transform: `translate(${x} ${y})` },
      svg("rect", { width: 112, height: 40, rx: 10 }),
      svg("text", { x: 56, y: 25, "text-anchor": "middle" }, name),
    );
  const edge = (d) => svg("path", { class: "edge", d, "marker-end": "url(#arrow)" });
  const next = { pending: ["posted", "failed"], posted: ["reversed"] }[status] ?? [];
  const labels = { posted: "Post it", failed: "Let it fail", reversed: "Return it" };
  return [
    svg(
      "svg",
      { class: "diagram", viewBox: "0 0 460 132", role: "img", "aria-label": `The transfer is ${status}.` },
      svg(
        "defs",
        {},
        svg(
          "marker",
          {
            id: "arrow",
            viewBox: "0 0 8 8",
            refX: 7,
            refY: 4,
            markerWidth: 7,
            markerHeight: 7,
            orient: "auto",
          },
          svg("path", { d: "M0 0L8 4L0 8z" }),
        ),
      ),
      edge("M114 32H170"),
      edge("M286 32H342"),
      edge("M58 54V106H170"),
      node("pending", 1, 12),
      node("posted", 174, 12),
      node("reversed", 347, 12),
      node("failed", 174, 86),
    ),
    h(
      "div",
      { class: "moves" },
      next.length
        ? [
            h("p", {}, "Play the bank:"),
            next.map(
              (event_type) =>
                actionButton({
                  label: labels[event_type],
                  kind: "secondary",
                  iconName: "arrow",
                  action: () => move(event_type),
                }).element,
            ),
          ]
        : h(
            "p",
            { class: "hint" },
            icon("check"),
            `“${status}” is final. Create another transfer to continue.`,
          ),
    ),
  ];
}
