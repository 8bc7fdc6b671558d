import { codePanel } from "../code-panel.js";
import { badge, h } from "../dom.js";
import { duration, hideToken, literal } from "../format.js";
import { outcomePanel } from "../outcome.js";
import { change, state } from "../state.js";
import { actionButton, choices, field, stepFrame } from "../step.js";
import { ask } from "../worker.js";

export const id = "link-token";
export const title = "Create a link token";
export const short = "Link token";
export const done = () => Boolean(state.linkToken || state.itemId);

export function build() {
  const set = (values) => change({ settings: { ...state.settings, ...values } });
  const text = (name, attributes = {}) =>
    h("input", {
      type: "text",
      value: state.settings[name],
      oninput: (event) => set({ [name]: event.target.value }),
      ...attributes,
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
    label: "Answer",
    empty: "Press “Create link token” to see what Plaid answers.",
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
        "The page may hold this token: all it can do is open Link once. ",
        h("a", { href: "#link" }, "Open Link next"),
      ),
    ],
  });
  const create = actionButton({
    label: "Create link token",
    blocked: () =>
      !state.settings.clientName.trim()
        ? { text: "Give the application a name first." }
        : state.settings.products.length === 0
          ? { text: "Choose at least one product." }
          : undefined,
    async action() {
      outcome.wait();
      const { accountSubtypes, ...settings } = state.settings;
      const answer = await ask("POST", "/api/link-token", {
        ...settings,
        ...(accountSubtypes.length && { accountSubtypes }),
      });
      if (answer.data) change({ linkToken: answer.data });
      outcome.show(answer);
    },
  });
  const code = codePanel("In the worker", () => {
    const { clientName, products, accountSubtypes, countryCodes, language: lang } = state.settings;
    const webhook = state.session?.webhookUrl;
    return [
      `plaid.initializePlaid(${literal({ clientName, products, accountSubtypes, countryCodes, language: lang })});`,
      "",
      webhook
        ? `const { link_token } = await plaid.createLinkToken(userId, {\n  overrides: { webhook: ${literal(webhook)} },\n});`
        : "const { link_token } = await plaid.createLinkToken(userId);",
    ].join("\n");
  });

  return {
    element: stepFrame({
      id,
      number: 1,
      title,
      lead: "Link is the window in which a user picks a bank and logs in. The worker asks Plaid for a short-lived token that says what Link may show and ask for; change the settings and watch the call change with them.",
      controls: [
        field(
          "Application name",
          text("clientName", { maxlength: 30 }),
          "What the user sees in Link. Up to 30 characters.",
        ),
        choices("Products", ["auth", "identity", "transactions"], state.settings.products, (products) =>
          set({ products }),
        ),
        choices(
          "Account types",
          ["checking", "savings", "cash management"],
          state.settings.accountSubtypes,
          (accountSubtypes) => set({ accountSubtypes }),
        ),
        h("div", { class: "row" }, field("Countries", country), field("Language", language)),
        create.element,
      ],
      code: code.element,
      below: outcome.element,
    }),
    update() {
      code.update();
      create.update();
    },
  };
}
