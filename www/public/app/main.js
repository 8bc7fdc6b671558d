import { follow } from "./activity.js";
import { dressCode } from "./code-panel.js";
import { confirm } from "./confirm.js";
import { badge, h, icon, show } from "./dom.js";
import { shortId } from "./format.js";
import { errorView } from "./outcome.js";
import { change, forget, onChange, recall, state } from "./state.js";
import * as accounts from "./steps/accounts.js";
import * as exchange from "./steps/exchange.js";
import * as failures from "./steps/failures.js";
import * as finish from "./steps/finish.js";
import * as linkToken from "./steps/link-token.js";
import * as link from "./steps/link.js";
import * as owners from "./steps/owners.js";
import * as transfers from "./steps/transfers.js";
import * as webhooks from "./steps/webhooks.js";
import { ask } from "./worker.js";

const STEPS = [linkToken, link, exchange, accounts, owners, transfers, webhooks, failures];
const OVERVIEW = { id: "overview", title: "Overview" };
const PANELS = [OVERVIEW, ...STEPS, finish];
const LIVE = ["transfers", "webhooks", "failures"];

const main = document.getElementById("main");
const rail = document.getElementById("steps");
let current = null;

/* The overview is in the page itself. The steps are drawn at once, and come to life when the session is known. */

const built = new Map([...STEPS, finish].map((step) => [step.id, step.build(STEPS)]));
const elementOf = (id) => built.get(id)?.element ?? document.getElementById(`step-${id}`);
const railLink = (id) => rail.querySelector(`[href="#${id}"]`);
for (const [index, { id }] of PANELS.entries()) {
  if (!built.has(id)) continue;
  const element = elementOf(id);
  element.append(pager(index));
  main.append(element);
}
for (const step of [...STEPS, finish]) {
  railLink(step.id).append(h("span", { class: "visually-hidden done-text" }));
}
show(railLink("overview").querySelector(".dot"), icon("bolt"));
show(railLink("finish").querySelector(".dot"), icon("flag"));
document.querySelectorAll("#step-overview figure").forEach(dressCode);

onChange(update);
update();
route(false);
addEventListener("hashchange", () => route(true));
follow(() => LIVE.includes(current));
await loadSession();

async function loadSession() {
  const { status, error, ...session } = await ask("GET", "/api/session");
  const alert = document.getElementById("alert");
  if (status !== 200) {
    document.getElementById("bar").textContent = "Not connected";
    const retry = h("button", { type: "button", class: "secondary", onclick: loadSession }, "Try again");
    const text = "The demo can't reach its worker";
    return show(alert, h("section", { class: "card alert" }, h("h2", {}, text), errorView(error), retry));
  }
  show(alert);
  const itemId = session.items.at(-1)?.item_id ?? null;
  const kept = recall(session.items);
  change({ ...kept, ready: true, session, itemId: kept.itemId ?? itemId, transfers: session.transfers });
  for (const step of built.values()) step.restore?.();
}

function update() {
  let count = 0;
  for (const [index, step] of STEPS.entries()) {
    built.get(step.id).update();
    const done = step.done();
    count += done ? 1 : 0;
    const link = railLink(step.id);
    link.classList.toggle("done", done);
    show(link.querySelector(".dot"), done ? icon("check") : String(index + 1));
    link.querySelector(".done-text").textContent = done ? ", done" : "";
    elementOf(step.id).querySelector(".pager-next").classList.toggle("ready", done);
  }
  built.get(finish.id).update();
  document.getElementById("progress-text").textContent = `${count} of ${STEPS.length} done`;
  document.getElementById("progress-bar").style.width = `${(count / STEPS.length) * 100}%`;
  if (state.ready) bar();
}

function route(focus) {
  const found = PANELS.findIndex(({ id }) => `#${id}` === location.hash);
  if (found === -1 && current && location.hash !== "") return; // A link within the page, such as #main.
  const { id, title } = PANELS[Math.max(0, found)];
  delete document.documentElement.dataset.deepLink;
  if (id === current) return;
  current = id;
  for (const panel of PANELS) {
    elementOf(panel.id).hidden = panel.id !== id;
    const link = railLink(panel.id);
    if (panel.id === id) link.setAttribute("aria-current", "step");
    else link.removeAttribute("aria-current");
  }
  document.title = id === OVERVIEW.id ? "plaid-edge demo" : `${title} · plaid-edge demo`;
  scrollTo(0, 0);
  if (focus) elementOf(id).querySelector("h1").focus({ preventScroll: true });
}

function pager(index) {
  const [previous, following] = [PANELS[index - 1], PANELS[index + 1]];
  const label = (small, title) => h("span", {}, h("small", {}, small), " ", title);
  return h(
    "nav",
    { class: "pager", "aria-label": "Previous and next step" },
    h("a", { href: `#${previous.id}` }, icon("back"), label("Back", previous.title)),
    following &&
      h(
        "a",
        { class: "pager-next", href: `#${following.id}` },
        label("Next", following.title),
        icon("arrow"),
      ),
  );
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
      localSandbox ? "No account needed. Nothing leaves this machine." : "These are real calls to Plaid.",
    ),
    state.itemId &&
      h(
        "span",
        { class: "bar-item", title: state.itemId },
        h("span", {}, "item ", h("code", {}, shortId(state.itemId))),
        badge("access token encrypted", "neutral", "lock"),
      ),
  );
}

/* The buttons in the rail */

const theme = document.getElementById("theme");
const dark = matchMedia("(prefers-color-scheme: dark)");
const isDark = () => (document.documentElement.dataset.theme ?? (dark.matches ? "dark" : "light")) === "dark";
const drawTheme = () =>
  show(
    theme,
    icon(isDark() ? "sun" : "moon"),
    h("span", { class: "label" }, isDark() ? "Light theme" : "Dark theme"),
  );
drawTheme();
dark.addEventListener("change", drawTheme);
theme.addEventListener("click", () => {
  const chosen = isDark() ? "light" : "dark";
  document.documentElement.dataset.theme = chosen;
  localStorage.setItem("theme", chosen);
  drawTheme();
});

document.getElementById("start-over").addEventListener("click", () =>
  confirm({
    title: "Start over?",
    text: "This removes every linked account at Plaid and clears the page. It can't be undone.",
    label: "Remove and start over",
    async action() {
      const { status, error } = await ask("DELETE", "/api/session");
      // Without a session there is nothing left to remove.
      if (error && status !== 401) return { error };
      forget();
      location.hash = "";
      location.reload();
      return {};
    },
  }),
);
