import { codePanel } from "../code-panel.js";
import { badge, h } from "../dom.js";
import { money, plural } from "../format.js";
import { outcomePanel } from "../outcome.js";
import { unmet } from "../prerequisites.js";
import { change, state } from "../state.js";
import { actionButton, stepFrame } from "../step.js";
import { ask } from "../worker.js";

export const id = "accounts";
export const title = "Read the accounts";
export const done = () => Boolean(state.auth);

export function build() {
  let shownFor = null;
  const outcome = outcomePanel({
    empty: "Read the accounts to see their balances and numbers.",
    result: accountCards,
  });
  const read = actionButton({
    label: "Read accounts",
    blocked: () => unmet("exchange"),
    async action() {
      const { data } = await outcome.run(() => ask("GET", `/api/items/${state.itemId}/auth`));
      if (data) change({ auth: data });
    },
  });
  const code = codePanel("In the worker", "www/src/api.js", () =>
    [
      state.itemId
        ? `const accessToken = await session.accessToken(\n  "${state.itemId}",\n);`
        : "const accessToken = await session.accessToken(itemId);",
      "",
      "const { accounts, numbers } =",
      "  await plaid.authRequest(accessToken);",
      "",
      "// The page gets only the last four digits.",
      "return { accounts, numbers: maskNumbers(numbers) };",
    ].join("\n"),
  );
  return {
    element: stepFrame({
      id,
      number: 4,
      title,
      lead: "Auth returns the accounts that can send and receive money, with balances, account numbers, and routing numbers. The worker masks the account numbers, because the page doesn't need all of the digits.",
      controls: [
        h(
          "p",
          {},
          "One call reads every account of the item. To read only some of them, pass ",
          h("code", {}, "accountIds"),
          ".",
        ),
        read.element,
      ],
      code: code.element,
      below: outcome.element,
    }),
    update() {
      code.update();
      read.update();
      if (!state.auth && state.itemId !== shownFor) outcome.clear();
      shownFor = state.itemId;
    },
    restore() {
      if (state.auth) outcome.restore(state.auth);
    },
  };
}

function accountCards({ accounts, numbers, item }) {
  const ach = Object.fromEntries(numbers.ach.map((entry) => [entry.account_id, entry]));
  return [
    h(
      "p",
      { class: "result-lead" },
      `${plural(accounts.length, "account")} at `,
      h("b", {}, item.institution_name ?? item.institution_id ?? "the bank"),
    ),
    h(
      "ul",
      { class: "accounts" },
      accounts.map(({ account_id, name, official_name, subtype, mask, balances }) => {
        const number = ach[account_id];
        const currency = balances.iso_currency_code ?? undefined;
        return h(
          "li",
          { class: "account" },
          h("div", { class: "account-head" }, h("b", {}, name), badge(subtype ?? "account")),
          h("p", { class: "account-official" }, official_name ?? "\u00a0"),
          h(
            "p",
            { class: "balance" },
            money(balances.available ?? balances.current, currency),
            h("small", {}, balances.available === null ? "current" : "available"),
          ),
          h(
            "dl",
            { class: "account-numbers" },
            h("div", {}, h("dt", {}, "Current"), h("dd", {}, money(balances.current, currency))),
            h(
              "div",
              {},
              h("dt", {}, "Account"),
              h("dd", {}, h("code", {}, number?.account ?? `••••${mask}`)),
            ),
            number && h("div", {}, h("dt", {}, "Routing"), h("dd", {}, h("code", {}, number.routing))),
            number?.wire_routing &&
              h("div", {}, h("dt", {}, "Wire"), h("dd", {}, h("code", {}, number.wire_routing))),
          ),
        );
      }),
    ),
  ];
}
