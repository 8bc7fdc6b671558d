import { codePanel } from "../code-panel.js";
import { badge, h } from "../dom.js";
import { duration, hideToken, literal } from "../format.js";
import { outcomePanel } from "../outcome.js";
import { change, linkSettings, state } from "../state.js";
import { actionButton, choices, field, stepFrame } from "../step.js";
import { ask } from "../worker.js";

export const id = "link-token";
export const title = "Create a link token";
export const done = () => Boolean(state.linkToken || state.publicToken || state.itemId);

export function build() {
  const set = (values) => change({ settings: { ...state.settings, ...values } });
  const clientName = h("input", {
    type: "text",
    maxlength: 30,
    oninput: (event) => set({ clientName: event.target.value }),
  });
  const language = h(
    "select",
    { onchange: (event) => set({ language: event.target.value }) },
    [
      ["en", "English"],
      ["fr", "French"],
      ["es", "Spanish"],
      ["nl", "Dutch"],
      ["de", "German"],
    ].map(([value, label]) => h("option", { value }, label)),
  );
  const country = h(
    "select",
    { onchange: (event) => set({ countryCodes: event.target.value.split(",") }) },
    [
      ["US", "United States"],
      ["US,CA", "United States and Canada"],
      ["GB", "United Kingdom"],
    ].map(([value, label]) => h("option", { value }, label)),
  );

  const outcome = outcomePanel({
    empty: "Press “Create link token” to see Plaid's response.",
    result: (data) => [
      h(
        "dl",
        { class: "facts" },
        h("div", {}, h("dt", {}, "Link token"), h("dd", {}, h("code", {}, hideToken(data.link_token)))),
        h("div", {}, h("dt", {}, "Expires"), h("dd", {}, duration(data.expiration))),
        h(
          "div",
          {},
          h("dt", {}, "Link will ask for"),
          h(
            "dd",
            {},
            state.settings.products.map((product) => badge(product)),
          ),
        ),
      ),
      h(
        "p",
        { class: "next" },
        "The page may hold this token. All it can do is open Link and link one account. ",
        h("a", { href: "#link" }, "Next: open Link"),
      ),
    ],
  });
  const create = actionButton({
    label: "Create link token",
    blocked: () =>
      !state.settings.clientName.trim()
        ? { text: "Enter an application name first." }
        : state.settings.products.length === 0
          ? { text: "Choose at least one product." }
          : undefined,
    async action() {
      const { data } = await outcome.run(() => ask("POST", "/api/link-token", linkSettings()));
      if (data) change({ linkToken: data });
    },
  });
  const code = codePanel("In the worker", "www/src/api.js", () => {
    const webhook = state.session.webhookUrl;
    return [
      `plaid.initializePlaid(${literal(linkSettings())});`,
      "",
      webhook
        ? `const { link_token } =\n  await plaid.createLinkToken(userId, {\n    overrides: { webhook: ${literal(webhook)} },\n  });`
        : "const { link_token } =\n  await plaid.createLinkToken(userId);",
    ].join("\n");
  });

  const products = choices("Products", ["auth", "identity", "transactions"], [], (chosen) =>
    set({ products: chosen }),
  );
  const subtypes = choices(
    "Account types",
    ["checking", "savings", "cash management"],
    [],
    (accountSubtypes) => set({ accountSubtypes }),
    "If none is selected, plaid-edge uses checking and savings.",
  );

  return {
    element: stepFrame({
      id,
      number: 1,
      title,
      lead: "Link is the window where a user picks a bank and logs in. The worker asks Plaid for a short-lived token that says what Link shows and requests. Change the settings, and the call changes with them.",
      controls: [
        field("Application name", clientName, "What the user sees in Link. Up to 30 characters."),
        products,
        subtypes,
        h("div", { class: "row" }, field("Countries", country), field("Language", language)),
        create.element,
      ],
      code: code.element,
      below: outcome.element,
    }),
    update() {
      code.update();
      create.update();
      const { settings } = state;
      if (clientName.value !== settings.clientName) clientName.value = settings.clientName;
      language.value = settings.language;
      country.value = settings.countryCodes.join();
      check(products, settings.products);
      check(subtypes, settings.accountSubtypes);
    },
  };
}

const check = (fieldset, chosen) => {
  for (const box of fieldset.querySelectorAll("input")) box.checked = chosen.includes(box.value);
};
