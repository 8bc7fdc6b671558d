import { copyButton, h, show } from "./dom.js";
import { highlight } from "./highlight.js";

/**
 * The call of a step as code, with the values that it is made with.
 * @param {string} title @param {string} source  the file in the repository that does this @param {() => string} code
 */
export function codePanel(title, source, code) {
  let shown;
  const text = h("code");
  return {
    element: panel(title, source, () => shown, text),
    update() {
      const now = code();
      if (now === shown) return;
      shown = now;
      show(text, highlight(now));
    },
  };
}

/** Commands, one per line. */
export function terminalPanel(title, source, commands) {
  const lines = commands.map((command) => h("span", { class: "command" }, command));
  return panel(title, source, () => commands.join("\n"), h("code", {}, lines));
}

function panel(title, source, copied, code) {
  return h(
    "figure",
    { class: "code" },
    h(
      "figcaption",
      {},
      h("span", {}, title),
      h(
        "a",
        { class: "source", href: sourceUrl(source), target: "_blank", rel: "noreferrer" },
        source,
        h("span", { class: "visually-hidden" }, " on GitHub"),
      ),
      copyButton(copied, "Copy the code"),
    ),
    h("pre", { tabindex: "0", role: "group", "aria-label": `Code: ${title}` }, code),
  );
}

/** Colors a code block that is already in the page, and adds its copy button. */
export function dressCode(figure) {
  const code = figure.querySelector("code");
  const text = code.textContent;
  show(code, highlight(text));
  figure.querySelector("figcaption").append(copyButton(text, "Copy the code"));
  const name = figure.querySelector("figcaption span").textContent;
  for (const [attribute, value] of [
    ["tabindex", "0"],
    ["role", "group"],
    ["aria-label", `Code: ${name}`],
  ]) {
    figure.querySelector("pre").setAttribute(attribute, value);
  }
}

/** A file or folder in the repository, whose address stands once, in the page's link to it. */
export function sourceUrl(path) {
  return `${document.getElementById("repository").href}/blob/main/${path}`;
}
