import { codePanel } from "../code-panel.js";
import { badge, h } from "../dom.js";
import { money, plural } from "../format.js";
import { outcomePanel } from "../outcome.js";
import { change, state } from "../state.js";
import { actionButton, needsItem, stepFrame } from "../step.js";
import { ask } from "../worker.js";

export const id = "accounts";
export const title = "Read the accounts";
export const short = "Accounts";
export const done = () => Boolean(state.auth);

export function build() {
  const outcome = outcomePanel({
    empty: "Read the accounts to see balances and numbers.",
    result: accountCards,
  });
  const read = actionButton({
    label: "Read accounts",
    blocked: () => needsItem(state),
    async action() {
      outcome.wait();
      const answer = await ask("GET", `/api/items/${state.itemId}/auth`);
      if (answer.data) change({ auth: answer.data });
      outcome.show(answer);
    },
  });
  const code = codePanel("In the worker", () =>
    [
      state.itemId
        ? `const accessToken = await session.accessToken(\n  "${state.itemId}",\n);`
        : "const accessToken = await session.accessToken(itemId);",
      "",
      "const { accounts, numbers } =",
      "  await plaid.authRequest(accessToken);",
      "",
      "// The page gets the last four digits only.",
      "return { accounts, numbers: maskNumbers(numbers) };",
    ].join("\n"),
  );
  return {
    element: stepFrame({
      id,
      number: 4,
      title,
      lead: "Auth gives the accounts that can send and receive money, with balances, account and routing numbers. The worker masks the numbers before it answers: a page has no use for the whole of them.",
      controls: [
        h(
          "p",
          {},
          "One call reads every account of the item. ",
          h("code", {}, "accountIds"),
          " narrows it to some.",
        ),
        read.element,
      ],
      code: code.element,
      below: outcome.element,
    }),
    update() {
      code.update();
      read.update();
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
