import { copyButton, h, show } from "./dom.js";
import { highlight } from "./highlight.js";

/**
 * The call of a step as code, with the values it is made with.
 * @param {string} title @param {() => string} code
 */
export function codePanel(title, code) {
  let shown;
  const text = h("code");
  const element = h(
    "figure",
    { class: "code" },
    h(
      "figcaption",
      {},
      h("span", {}, title),
      copyButton(() => shown, "Copy the code"),
    ),
    h("pre", { tabindex: "0", "aria-label": title }, text),
  );
  return {
    element,
    update() {
      const now = code();
      if (now === shown) return;
      shown = now;
      show(text, highlight(now));
    },
  };
}
