import { codePanel } from "../code-panel.js";
import { badge, h, icon } from "../dom.js";
import { phone, plural } from "../format.js";
import { outcomePanel } from "../outcome.js";
import { change, state } from "../state.js";
import { actionButton, needsItem, stepFrame } from "../step.js";
import { ask } from "../worker.js";

export const id = "owners";
export const title = "See who owns them";
export const short = "Owners";
export const done = () => Boolean(state.identity);

export function build() {
  const outcome = outcomePanel({
    empty: "Read the owners to see names, addresses and contacts.",
    result: ownerCards,
  });
  const read = actionButton({
    label: "Read owners",
    blocked: () => needsItem(state),
    async action() {
      outcome.wait();
      const answer = await ask("GET", `/api/items/${state.itemId}/identity`);
      if (answer.data)
        change({ identity: answer.data, owner: answer.data.accounts[0]?.owners[0]?.names[0] ?? null });
      outcome.show(answer);
    },
  });
  const code = codePanel("In the worker", () =>
    [
      "const { accounts } =",
      "  await plaid.identityRequest(accessToken);",
      "",
      "const names = accounts[0].owners[0].names;",
    ].join("\n"),
  );
  return {
    element: stepFrame({
      id,
      number: 5,
      title,
      lead: "Identity gives what the bank knows about the account holders. Compare it with what your user told you before money moves.",
      controls: [
        h(
          "p",
          {},
          "The bank's own record: names, e-mail addresses, phone numbers and postal addresses, for each account.",
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

/** Accounts with the same owners are shown together: banks often repeat them for each. */
function ownerCards({ accounts }) {
  const groups = new Map();
  for (const account of accounts) {
    const key = JSON.stringify(account.owners);
    groups.set(key, [...(groups.get(key) ?? []), account]);
  }
  return [...groups].map(([key, owned]) =>
    JSON.parse(key).map(({ names, emails, phone_numbers, addresses }) =>
      h(
        "article",
        { class: "owner" },
        h(
          "header",
          {},
          h("span", { class: "avatar", "aria-hidden": "true" }, initials(names[0])),
          h(
            "div",
            {},
            h("h3", {}, names.join(", ")),
            h(
              "p",
              {},
              `owns ${plural(owned.length, "account")}: `,
              owned.slice(0, 4).map((account) => h("code", {}, `••••${account.mask}`)),
              owned.length > 4 && ` and ${owned.length - 4} more`,
            ),
          ),
        ),
        h(
          "div",
          { class: "owner-grid" },
          contacts(
            "mail",
            "E-mail",
            emails.map(({ data, type, primary }) => [data, primary ? "primary" : type]),
          ),
          contacts(
            "phone",
            "Phone",
            phone_numbers.map(({ data, type, primary }) => [phone(data), primary ? "primary" : type]),
          ),
          contacts(
            "home",
            "Address",
            addresses.map(({ data, primary }) => [address(data), primary ? "primary" : "other"]),
          ),
        ),
      ),
    ),
  );
}

function contacts(iconName, label, entries) {
  return h(
    "section",
    {},
    h("h4", {}, icon(iconName), label),
    entries.length
      ? h(
          "ul",
          {},
          entries.map(([value, kind]) =>
            h("li", {}, h("span", {}, value), badge(kind, kind === "primary" ? "good" : "neutral")),
          ),
        )
      : h("p", { class: "hint" }, "None on record."),
  );
}

const initials = (name) =>
  name
    .split(" ")
    .filter((_, index, all) => index === 0 || index === all.length - 1)
    .map((part) => part[0])
    .join("");

const address = ({ street, city, region, postal_code, country }) =>
  [street, city, [region, postal_code].filter(Boolean).join(" "), country].filter(Boolean).join(", ");
