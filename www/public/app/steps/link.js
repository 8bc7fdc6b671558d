import { codePanel } from "../code-panel.js";
import { badge, h, icon } from "../dom.js";
import { hideToken } from "../format.js";
import { openLink } from "../open-link.js";
import { outcomePanel } from "../outcome.js";
import { unmet, usableLinkToken } from "../prerequisites.js";
import { change, linkSettings, state } from "../state.js";
import { actionButton, stepFrame } from "../step.js";
import { ask } from "../worker.js";

export const id = "link";
export const title = "Link an account";
export const done = () => Boolean(state.publicToken || state.itemId);

export function build() {
  const outcome = outcomePanel({
    label: "What Link returned",
    empty: "Open Link and log in. What it returns to the page appears here.",
    result: ({ public_token, institution }) => [
      h(
        "dl",
        { class: "facts" },
        h("div", {}, h("dt", {}, "Bank"), h("dd", {}, institution ?? "linked")),
        h(
          "div",
          {},
          h("dt", {}, "Public token"),
          h("dd", {}, h("code", {}, hideToken(public_token)), badge("valid for 30 minutes, one use")),
        ),
      ),
      h(
        "p",
        { class: "next" },
        "On its own, this token can't read anything. ",
        h("a", { href: "#exchange" }, "Next: exchange it"),
      ),
    ],
  });
  const open = actionButton({
    label: "Open Link",
    iconName: "bank",
    blocked: () => unmet("link-token"),
    async action() {
      const linkToken = await freshLinkToken();
      if (!linkToken) return;
      const { publicToken, institution, exit } = await openLink(linkToken);
      if (!publicToken) {
        const { error_code: errorCode, error_message: errorMessage, message } = exit;
        // What was linked before still is, so it stays in view.
        if (state.publicToken || state.itemId)
          return outcome.note(`${errorMessage ?? message} What you linked before is unchanged.`);
        return outcome.show({ error: { code: errorCode ?? "exit", message: errorMessage ?? message } });
      }
      // This link token is used up. The next account needs a new one.
      change({ publicToken: { token: publicToken, institution }, linkToken: null });
      outcome.show({ data: { public_token: publicToken, institution } });
    },
  });
  /** The link token of step 1, or a new one with the same settings if that was used or has expired. */
  async function freshLinkToken() {
    const usable = usableLinkToken();
    if (usable) return usable.link_token;
    const created = await ask("POST", "/api/link-token", linkSettings());
    if (created.error) return outcome.show(created);
    change({ linkToken: created.data });
    return created.data.link_token;
  }

  const code = codePanel("In the page", "www/public/app/open-link.js", () =>
    [
      "const handler = Plaid.create({",
      "  token: linkToken,",
      "  onSuccess(publicToken, { institution }) {",
      "    // Give it to the worker, as in step 3.",
      '    post("/api/items", { public_token: publicToken });',
      "  },",
      "});",
      "handler.open();",
    ].join("\n"),
  );
  const which = h("span");
  return {
    element: stepFrame({
      id,
      number: 2,
      title,
      lead: "The user picks a bank and logs in inside Link, so your code never sees the password. When they finish, Link gives the page a public token that can be exchanged once.",
      controls: [
        h(
          "ul",
          { class: "explain" },
          h("li", {}, icon("bank"), h("span", {}, h("b", {}, "Which Link opens? "), which)),
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
              ". In the sandbox, any other password is rejected.",
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
      open.setLabel(state.publicToken || state.itemId ? "Link another account" : "Open Link");
      which.textContent = state.session.localSandbox
        ? "The local sandbox's stand-in, which your tests can drive too. With Plaid keys, it is Plaid's own."
        : "Plaid's own, loaded from its CDN.";
    },
  };
}
