import { codePanel } from "../code-panel.js";
import { badge, h, icon } from "../dom.js";
import { phone, plural } from "../format.js";
import { outcomePanel } from "../outcome.js";
import { unmet } from "../prerequisites.js";
import { change, state } from "../state.js";
import { actionButton, stepFrame } from "../step.js";
import { ask } from "../worker.js";

export const id = "owners";
export const title = "See who owns them";
export const done = () => Boolean(state.identity);

export function build() {
  let shownFor = null;
  const outcome = outcomePanel({
    empty: "Read the owners to see their names, addresses, and contact details.",
    result: ownerCards,
  });
  const read = actionButton({
    label: "Read owners",
    blocked: () => unmet("exchange"),
    async action() {
      const { data } = await outcome.run(() => ask("GET", `/api/items/${state.itemId}/identity`));
      if (data) change({ identity: data });
    },
  });
  const code = codePanel("In the worker", "www/src/api.js", () =>
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
      lead: "Identity returns what the bank knows about the account holders. Compare it with what your user told you before you move money.",
      controls: [
        h(
          "p",
          {},
          "The bank's own records for each account: names, email addresses, phone numbers, and postal addresses.",
        ),
        read.element,
      ],
      code: code.element,
      below: outcome.element,
    }),
    update() {
      code.update();
      read.update();
      if (!state.identity && state.itemId !== shownFor) outcome.clear();
      shownFor = state.itemId;
    },
    restore() {
      if (state.identity) outcome.restore(state.identity);
    },
  };
}

/** Accounts with the same owners are shown together, because banks often repeat the owners for each account. */
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
            "Email",
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
