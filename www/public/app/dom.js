/**
 * Builds an element: h("button", { class: "primary", onclick: save }, "Save"). Text is always text, never markup.
 * @param {string} tag @param {Record<string, any>} [attributes] @param {...(Node | string | number | null | undefined | false | any[])} children
 */
export function h(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

/** The same for SVG. */
export function svg(tag, attributes = {}, ...children) {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
}

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "value") element.value = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...flat(children));
  return element;
}

/** Replaces what an element holds. */
export function show(element, ...children) {
  element.replaceChildren(...flat(children));
}

/**
 * The same for controls that may have the keyboard focus: it stays on the control with the same `data-key`, or goes to
 * the first one, so that it is never lost.
 */
export function redraw(element, ...children) {
  const focused = element.contains(document.activeElement) ? document.activeElement : null;
  show(element, ...children);
  if (!focused) return;
  const controls = [...element.querySelectorAll("button")];
  const same = controls.find(({ dataset }) => dataset.key && dataset.key === focused.dataset.key);
  const next = same ?? controls[0] ?? element;
  if (next === element) element.tabIndex = -1;
  next.focus({ preventScroll: true });
}

const flat = (children) =>
  children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false);

const ICONS = {
  check: "M5 12.5l4.5 4.5L19 7.5",
  cross: "M7 7l10 10M17 7L7 17",
  lock: "M7 11V8a5 5 0 0 1 10 0v3M6 11h12v9H6z",
  copy: "M9 9h10v11H9zM5 15V4h10",
  arrow: "M5 12h14M13 6l6 6-6 6",
  back: "M19 12H5M11 6l-6 6 6 6",
  bank: "M4 10l8-6 8 6M6 10v8M10 10v8M14 10v8M18 10v8M4 20h16",
  bolt: "M13 3L5 14h6l-1 7 8-11h-6z",
  shield: "M12 3l8 3v6c0 5-3.5 8-8 9-4.5-1-8-4-8-9V6z",
  inbox: "M4 13l3-8h10l3 8v6H4zM4 13h5l1 3h4l1-3h5",
  clock: "M12 7v5l3 2M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18z",
  sun: "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 2v2M12 20v2M2 12h2M20 12h2M5 5l1.5 1.5M17.5 17.5L19 19M19 5l-1.5 1.5M6.5 17.5L5 19",
  moon: "M20 14.5A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.5 10.5z",
  mail: "M4 6h16v12H4zM4 7l8 6 8-6",
  phone: "M7 3h10v18H7zM11 18h2",
  flag: "M6 21V4h12l-3 4 3 4H6",
  home: "M4 11l8-7 8 7v9h-6v-6h-4v6H4z",
};

export function icon(name) {
  return svg(
    "svg",
    { class: "icon", viewBox: "0 0 24 24", "aria-hidden": "true" },
    svg("path", { d: ICONS[name] }),
  );
}

export function badge(text, tone = "neutral", iconName) {
  return h("span", { class: `badge ${tone}` }, iconName && icon(iconName), text);
}

/** Tells screen readers. */
export function announce(text) {
  document.getElementById("announcer").textContent = text;
}

export function copyButton(text, label) {
  const button = h(
    "button",
    {
      class: "copy",
      type: "button",
      "aria-label": label,
      title: label,
      async onclick() {
        const copied = await navigator.clipboard.writeText(typeof text === "function" ? text() : text).then(
          () => true,
          () => false, // The browser may not allow it.
        );
        show(button, icon(copied ? "check" : "cross"));
        announce(copied ? "Copied" : "Could not copy");
        setTimeout(() => show(button, icon("copy")), 1500);
      },
    },
    icon("copy"),
  );
  return button;
}
