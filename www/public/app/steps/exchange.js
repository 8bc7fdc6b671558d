import { codePanel } from "../code-panel.js";
import { badge, h, icon } from "../dom.js";
import { outcomePanel } from "../outcome.js";
import { unmet } from "../prerequisites.js";
import { change, state } from "../state.js";
import { actionButton, stepFrame } from "../step.js";
import { ask } from "../worker.js";

export const id = "exchange";
export const title = "Exchange the token";
export const done = () => Boolean(state.itemId);

export function build() {
  const outcome = outcomePanel({
    empty: "Exchange the public token to get an item.",
    result: (data) => [
      h(
        "dl",
        { class: "facts" },
        h("div", {}, h("dt", {}, "Item"), h("dd", {}, h("code", { class: "wrap" }, data.item_id))),
        h(
          "div",
          {},
          h("dt", {}, "Access token"),
          h("dd", {}, badge("encrypted in the worker", "good", "lock")),
        ),
      ),
      h(
        "p",
        { class: "next" },
        "From here on, the page only needs the item id. ",
        h("a", { href: "#accounts" }, "Next: read the accounts"),
      ),
    ],
  });
  const exchange = actionButton({
    label: "Exchange",
    iconName: "lock",
    blocked() {
      if (state.publicToken) return undefined;
      return state.itemId
        ? {
            text: "The public token has been exchanged. To add another item, link another account.",
            step: "link",
            link: "Go to step 2",
          }
        : unmet("link");
    },
    async action() {
      const { data } = await outcome.run(() =>
        ask("POST", "/api/items", { public_token: state.publicToken.token }),
      );
      if (data) change({ publicToken: null, itemId: data.item_id, auth: null, identity: null });
    },
  });
  const code = codePanel("In the worker", "www/src/api.js", () =>
    [
      "const { access_token, item_id } =",
      "  await plaid.exchangePublicToken(publicToken);",
      "",
      "// Encrypted with a key that only the worker has.",
      "await session.addItem(item_id, access_token);",
    ].join("\n"),
  );
  const station = (iconName, name, holds, note) =>
    h(
      "li",
      {},
      h("span", { class: "station-icon" }, icon(iconName)),
      h("b", {}, name),
      h("span", {}, holds),
      h("small", {}, note),
    );
  return {
    element: stepFrame({
      id,
      number: 3,
      title,
      lead: "The worker exchanges the public token for an access token, which can read the accounts for as long as the user allows. It is encrypted before it is stored, and it never leaves the worker.",
      controls: [
        h(
          "ol",
          { class: "stations", "aria-label": "Who holds which token" },
          station("inbox", "Page", "public token", "one use"),
          station("bolt", "Worker", "exchanges it", "over TLS"),
          station("lock", "Durable Object", "encrypted access token", "AES-256-GCM"),
        ),
        exchange.element,
      ],
      code: code.element,
      below: outcome.element,
    }),
    update() {
      code.update();
      exchange.update();
    },
  };
}
