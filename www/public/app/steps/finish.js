import { sourceUrl, terminalPanel } from "../code-panel.js";
import { h, icon, show } from "../dom.js";
import { plural } from "../format.js";
import { state } from "../state.js";
import { stepFrame } from "../step.js";

export const id = "finish";
export const title = "Make it yours";

/** What the user saw, a line per step; nothing for a step that was not taken. */
const SEEN = {
  "link-token": () =>
    `Link asked for ${state.settings.products.join(" and ")} as ${state.settings.clientName}.`,
  link: () => "A user logged in at a bank. Your code never saw the password.",
  exchange: () => "The access token went into the worker, encrypted, and stayed there.",
  accounts: () => `One call read ${plural(state.auth?.accounts.length ?? 0, "account")}, with their numbers.`,
  owners: () => "The bank's own records said who owns them.",
  transfers: () =>
    `${plural(state.activity.events.length, "event")} followed your money, each handled exactly once.`,
  webhooks: () => {
    const rejected = state.sent.filter((kind) => kind !== "genuine").length;
    if (!rejected) return "A genuine webhook was verified.";
    const accepted = state.sent.includes("genuine") ? ", and the genuine one was accepted." : ".";
    return `${plural(rejected, "forgery", "forgeries")} rejected${accepted}`;
  },
  failures: () => `${plural(state.tried.length, "failure")} forced, and handled or explained.`,
};

export function build(steps) {
  const repository = document.getElementById("repository").href;
  const seen = h("ol", { class: "seen" });
  const terminal = terminalPanel("Your own copy, in a terminal", "www/README.md", [
    `git clone ${repository} && cd plaid-edge/www`,
    "npm install plaid-edge@latest",
    "npx wrangler deploy",
  ]);
  const card = (iconName, label, text, href) =>
    h(
      "li",
      {},
      h(
        "a",
        { href, target: "_blank", rel: "noreferrer" },
        icon(iconName),
        h("span", {}, h("b", {}, label), " ", h("small", {}, text)),
      ),
    );

  return {
    element: stepFrame({
      id,
      eyebrow: "The end of the tour",
      title,
      lead: "You linked a bank, read it, moved money, and broke things on purpose. The worker that did all this is meant to be copied: three commands put your own on Cloudflare.",
      controls: [h("h2", {}, "What you saw"), seen],
      code: [
        terminal,
        h(
          "p",
          { class: "after-terminal" },
          "Open the address that the last command prints. Until the worker has its four secrets, it lists the missing ones, and you set each with ",
          h("code", {}, "npx wrangler secret put NAME"),
          ". In production it ignores ",
          h("code", {}, "src/sandbox.js"),
          "; delete that file and the two lines in ",
          h("code", {}, "src/index.js"),
          " that name it when you no longer need it.",
        ),
      ],
      below: [
        h(
          "ul",
          { class: "next-cards", "aria-label": "Read on" },
          card(
            "inbox",
            "Use it in your own project",
            "Install, configure, and call it. Every option.",
            `${repository}#readme`,
          ),
          card(
            "bolt",
            "Recipes",
            "Retries, webhooks, transfers, and tests, ready to paste.",
            sourceUrl("docs/recipes.md"),
          ),
          card(
            "shield",
            "Before you go live",
            "Your login, your secrets, and Plaid's production keys.",
            sourceUrl("www/README.md"),
          ),
        ),
      ],
    }),
    update() {
      show(
        seen,
        steps.map((step) =>
          step.done()
            ? h(
                "li",
                { class: "done" },
                icon("check"),
                h("span", {}, h("b", {}, step.title), " ", SEEN[step.id]()),
              )
            : h(
                "li",
                {},
                h("span", { class: "todo", "aria-hidden": "true" }),
                h("span", {}, h("b", {}, step.title), " ", h("a", { href: `#${step.id}` }, "Not done yet")),
              ),
        ),
      );
    },
  };
}
