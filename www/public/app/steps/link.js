import { codePanel } from "../code-panel.js";
import { badge, h, icon } from "../dom.js";
import { hideToken } from "../format.js";
import { openLink } from "../link-dialog.js";
import { outcomePanel } from "../outcome.js";
import { change, state } from "../state.js";
import { actionButton, stepFrame } from "../step.js";

export const id = "link";
export const title = "Link an account";
export const short = "Link";
export const done = () => Boolean(state.publicToken || state.itemId);

export function build() {
  const outcome = outcomePanel({
    label: "What Link handed over",
    empty: "Open Link and log in: what it gives to the page appears here.",
    result: ({ public_token, institution }) => [
      h(
        "dl",
        { class: "facts" },
        h("div", {}, h("dt", {}, "Bank"), h("dd", {}, institution)),
        h(
          "div",
          {},
          h("dt", {}, "Public token"),
          h("dd", {}, h("code", {}, hideToken(public_token)), badge("30 minutes, one use")),
        ),
      ),
      h(
        "p",
        { class: "next" },
        "By itself it reads nothing. ",
        h("a", { href: "#exchange" }, "Exchange it next"),
      ),
    ],
  });
  const open = actionButton({
    label: "Open Link",
    iconName: "bank",
    blocked: () =>
      state.linkToken
        ? undefined
        : { text: "Link needs a link token.", step: "link-token", link: "Go to step 1" },
    async action() {
      const real = !state.session.localSandbox;
      const { publicToken, institution, exit } = await openLink(state.linkToken.link_token, { real });
      if (!publicToken) {
        const { error_code: errorCode, error_message: errorMessage, message } = exit;
        return outcome.show({ error: { code: errorCode ?? "exit", message: errorMessage ?? message } });
      }
      change({ publicToken: { token: publicToken, institution } });
      outcome.show({ data: { public_token: publicToken, institution } });
    },
  });
  const code = codePanel("In the page", () =>
    [
      "const handler = Plaid.create({",
      "  token: linkToken,",
      "  onSuccess(publicToken, { institution }) {",
      "    // Hand it to the worker: step 3.",
      '    post("/api/items", { public_token: publicToken });',
      "  },",
      "});",
      "handler.open();",
    ].join("\n"),
  );
  return {
    element: stepFrame({
      id,
      number: 2,
      title,
      lead: "The user chooses a bank and logs in inside Link, so that your code never sees the password. When they finish, Link gives the page a public token, good for one exchange.",
      controls: [
        h(
          "ul",
          { class: "explain" },
          h(
            "li",
            {},
            icon("bank"),
            h("span", {}, h("b", {}, "Which Link opens? "), h("span", { class: "which-link" })),
          ),
          h(
            "li",
            {},
            icon("lock"),
            h(
              "span",
              {},
              h("b", {}, "Test user. "),
              h("code", {}, "user_good"),
              " with ",
              h("code", {}, "pass_good"),
              "; both are filled in.",
            ),
          ),
        ),
        open.element,
      ],
      code: code.element,
      below: outcome.element,
    }),
    update() {
      code.update();
      open.update();
      document.querySelector(".which-link").textContent = state.session?.localSandbox
        ? "A look-alike, because this demo runs on the local sandbox. With Plaid keys it is Plaid's own."
        : "Plaid's own, loaded from its CDN.";
    },
  };
}
