import { poll } from "./activity.js";
import { badge, h, icon, show } from "./dom.js";
import { shortId } from "./format.js";
import { errorView } from "./outcome.js";
import { change, onChange, state } from "./state.js";
import * as accounts from "./steps/accounts.js";
import * as exchange from "./steps/exchange.js";
import * as failures from "./steps/failures.js";
import * as linkToken from "./steps/link-token.js";
import * as link from "./steps/link.js";
import * as owners from "./steps/owners.js";
import * as transfers from "./steps/transfers.js";
import * as webhooks from "./steps/webhooks.js";
import { ask } from "./worker.js";

const STEPS = [linkToken, link, exchange, accounts, owners, transfers, webhooks, failures];
const LIVE = ["transfers", "webhooks", "failures"];

const main = document.getElementById("main");
let current = null;

const { status, ...session } = await ask("GET", "/api/session");
if (status === 200) start();
else
  show(main, h("section", { class: "card" }, h("h1", {}, "The demo can't start"), errorView(session.error)));

function start() {
  const built = STEPS.map((step) => step.build());
  const links = STEPS.map((step, index) =>
    h(
      "a",
      { href: `#${step.id}` },
      h("span", { class: "dot", "aria-hidden": "true" }, String(index + 1)),
      h("span", { class: "label" }, step.short),
    ),
  );
  show(
    document.getElementById("steps"),
    links.map((entry) => h("li", {}, entry)),
  );
  const pagers = STEPS.map((_, index) => pager(index));
  show(
    main,
    built.map(({ element }, index) => (element.append(pagers[index].element), element)),
  );

  function update() {
    const done = STEPS.map((step) => step.done());
    built.forEach((step) => step.update());
    links.forEach((entry, index) => {
      entry.classList.toggle("done", done[index]);
      const dot = entry.querySelector(".dot");
      show(dot, done[index] ? icon("check") : String(index + 1));
      entry.setAttribute(
        "aria-label",
        `${STEPS[index].short}, step ${index + 1} of ${STEPS.length}${done[index] ? ", done" : ""}`,
      );
    });
    pagers.forEach(({ next }, index) => next?.classList.toggle("ready", done[index]));
    const count = done.filter(Boolean).length;
    document.getElementById("progress-text").textContent = `${count} of ${STEPS.length} done`;
    document.getElementById("progress-bar").style.width = `${(count / STEPS.length) * 100}%`;
    bar();
  }

  function route(focus) {
    const found = STEPS.findIndex((step) => `#${step.id}` === location.hash);
    if (found === -1 && current) return;
    const index = Math.max(0, found);
    if (STEPS[index].id === current) return;
    current = STEPS[index].id;
    built.forEach(({ element }, at) => (element.hidden = at !== index));
    links.forEach((entry, at) =>
      at === index ? entry.setAttribute("aria-current", "step") : entry.removeAttribute("aria-current"),
    );
    const list = document.getElementById("steps");
    list.scrollTo({ left: links[index].offsetLeft - list.clientWidth / 2 + links[index].offsetWidth / 2 });
    document.title = `${STEPS[index].title} · plaid-edge demo`;
    scrollTo(0, 0);
    if (focus) built[index].element.querySelector("h1").focus({ preventScroll: true });
  }

  onChange(update);
  change({ session, itemId: session.items.at(-1)?.item_id ?? null, transfers: session.transfers });
  route(false);
  addEventListener("hashchange", () => route(true));
  poll(() => LIVE.includes(current));
}

function pager(index) {
  const previous = STEPS[index - 1];
  const following = STEPS[index + 1];
  const next =
    following &&
    h(
      "a",
      { class: "pager-next", href: `#${following.id}` },
      h("span", {}, h("small", {}, "Next"), following.title),
      icon("arrow"),
    );
  return {
    next,
    element: h(
      "nav",
      { class: "pager", "aria-label": "Previous and next step" },
      previous
        ? h(
            "a",
            { href: `#${previous.id}` },
            icon("back"),
            h("span", {}, h("small", {}, "Back"), previous.title),
          )
        : h("span"),
      next,
    ),
  };
}

function bar() {
  const { localSandbox, environment } = state.session;
  show(
    document.getElementById("bar"),
    localSandbox
      ? badge("local sandbox", "good", "check")
      : badge(`Plaid ${environment}`, environment === "sandbox" ? "warn" : "bad"),
    h(
      "span",
      { class: "bar-note" },
      localSandbox ? "No account needed; nothing leaves this machine." : "Real calls to Plaid.",
    ),
    state.itemId &&
      h(
        "span",
        { class: "bar-item", title: state.itemId },
        "item ",
        h("code", {}, shortId(state.itemId)),
        badge("access token sealed", "neutral", "lock"),
      ),
  );
}

/* The rail's buttons */

const theme = document.getElementById("theme");
const dark = matchMedia("(prefers-color-scheme: dark)");
const isDark = () => (document.documentElement.dataset.theme ?? (dark.matches ? "dark" : "light")) === "dark";
const drawTheme = () => {
  show(theme, icon(isDark() ? "sun" : "moon"), h("span", {}, isDark() ? "Light" : "Dark"));
  theme.setAttribute("aria-label", `Use the ${isDark() ? "light" : "dark"} theme`);
};
drawTheme();
dark.addEventListener("change", drawTheme);
theme.addEventListener("click", () => {
  const chosen = isDark() ? "light" : "dark";
  document.documentElement.dataset.theme = chosen;
  localStorage.setItem("theme", chosen);
  drawTheme();
});

document.getElementById("start-over").addEventListener("click", async (event) => {
  const button = event.currentTarget;
  if (button.getAttribute("aria-busy")) return;
  button.setAttribute("aria-busy", "true");
  const { error } = await ask("DELETE", "/api/session");
  button.removeAttribute("aria-busy");
  if (error) return show(button, "Could not remove the item");
  location.hash = "";
  location.reload();
});
