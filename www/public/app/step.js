/** What every step is made of. */
import { h, icon, show } from "./dom.js";
import { state } from "./state.js";

/**
 * The frame of a step: heading, one explanation, the controls beside the code, and the response below.
 */
export function stepFrame({
  id,
  number,
  eyebrow = `Step ${number} of 8`,
  title,
  lead,
  controls,
  code,
  below,
}) {
  return h(
    "section",
    { class: "step", id: `step-${id}`, "aria-labelledby": `${id}-title`, hidden: true },
    h("p", { class: "eyebrow" }, eyebrow),
    h("h1", { id: `${id}-title`, tabindex: "-1" }, title),
    h("p", { class: "lead" }, lead),
    h(
      "div",
      { class: "pair" },
      h("div", { class: "card controls" }, controls),
      h("div", { class: "pair-code" }, code),
    ),
    below,
  );
}

/** A button that does one thing at a time, and says why when it can't. `blocked` gives the reason, if there is one. */
export function actionButton({ label, kind = "primary", iconName, blocked = () => undefined, action }) {
  const text = h("span", {}, label);
  const button = h("button", { type: "button", class: kind }, iconName && icon(iconName), text);
  const reason = h("p", { class: "reason", hidden: true });
  let busy = false;
  button.addEventListener("click", async () => {
    if (busy || button.getAttribute("aria-disabled") === "true") return;
    busy = true;
    button.setAttribute("aria-busy", "true");
    try {
      await action(button);
    } finally {
      busy = false;
      button.removeAttribute("aria-busy");
      update();
    }
  });
  function update() {
    const why = state.ready ? blocked() : { text: "Connecting to the worker…" };
    button.setAttribute("aria-disabled", String(Boolean(why)));
    reason.hidden = !why;
    show(reason, why && [why.text, why.step && [" ", h("a", { href: `#${why.step}` }, why.link)]]);
  }
  return {
    element: h("div", { class: "action" }, button, reason),
    button,
    update,
    setLabel(next) {
      if (text.textContent !== next) text.textContent = next;
    },
  };
}

export function field(label, control, hint) {
  const id = `field-${label.toLowerCase().replace(/\W+/g, "-")}`;
  control.id ||= id;
  if (hint) control.setAttribute("aria-describedby", `${control.id}-hint`);
  return h(
    "div",
    { class: "field" },
    h("label", { for: control.id }, label),
    control.tagName === "SELECT" ? h("span", { class: "select" }, control) : control,
    hint && h("p", { class: "hint", id: `${control.id}-hint` }, hint),
  );
}

/** Checkboxes, shown as a row of choices. */
export function choices(legend, all, chosen, onchange, hint) {
  return h(
    "fieldset",
    { class: "choices" },
    h("legend", {}, legend),
    all.map((value) => {
      const input = h("input", { type: "checkbox", value, checked: chosen.includes(value) });
      input.addEventListener("change", () =>
        onchange([...input.closest("fieldset").querySelectorAll("input:checked")].map((box) => box.value)),
      );
      return h("label", {}, input, h("span", {}, value));
    }),
    hint && h("p", { class: "hint" }, hint),
  );
}

/** One of a few options, as a segmented control. */
export function oneOf(legend, name, options, value, onchange) {
  return h(
    "fieldset",
    { class: "segments" },
    h("legend", {}, legend),
    options.map(([key, label]) =>
      h(
        "label",
        {},
        h("input", {
          type: "radio",
          name,
          value: key,
          checked: key === value,
          onchange: () => onchange(key),
        }),
        h("span", {}, label),
      ),
    ),
  );
}
