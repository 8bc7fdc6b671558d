import { h, show } from "./dom.js";
import { errorView } from "./outcome.js";

/**
 * Asks before something that can't be undone.
 * @param {{ title: string, text: string, label: string, action: () => Promise<{ error?: object }> }} options
 *   action: runs while the dialog is open; its error is shown there, and the question stays
 */
export function confirm({ title, text, label, action }) {
  const failure = h("div", { class: "confirm-error", role: "alert", hidden: true });
  const yes = h("button", { type: "button", class: "danger", onclick: run }, label);
  const no = h("button", { type: "button", class: "secondary", onclick: () => dialog.close() }, "Cancel");
  const dialog = h(
    "dialog",
    { class: "confirm", "aria-labelledby": "confirm-title", "aria-describedby": "confirm-text" },
    h("h2", { id: "confirm-title" }, title),
    h("p", { id: "confirm-text" }, text),
    failure,
    h("div", { class: "confirm-buttons" }, no, yes),
  );
  async function run() {
    if (yes.getAttribute("aria-busy")) return;
    yes.setAttribute("aria-busy", "true");
    const { error } = await action();
    yes.removeAttribute("aria-busy");
    if (!error) return dialog.close();
    failure.hidden = false;
    show(failure, errorView(error));
  }
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  no.focus();
}
