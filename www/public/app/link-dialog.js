/** Opens Link: Plaid's own with real keys, a look-alike with the local sandbox. */
import { h, icon, show } from "./dom.js";
import { ask } from "./worker.js";

const LINK_SCRIPT = "https://cdn.plaid.com/link/v2/stable/link-initialize.js";
const CLOSED = "Link was closed before an account was linked.";
const INSTITUTIONS = [
  ["ins_109508", "First Platypus Bank", "checking, savings, cash management", "#2b5fd9"],
  ["ins_109509", "First Gingham Credit Union", "member-owned since 1952", "#b3446c"],
  ["ins_109510", "Tattersall Federal Credit Union", "federal credit union", "#8a5a18"],
  ["ins_109512", "Houndstooth Bank", "branches coast to coast", "#3a4a5a"],
];

/**
 * @returns {Promise<{ publicToken: string, institution: string } | { exit: { message?: string, error_code?: string, error_message?: string } }>}
 */
export function openLink(linkToken, { real, update = false }) {
  return real ? openPlaidLink(linkToken) : openLookAlike(linkToken, update);
}

function openPlaidLink(token) {
  return new Promise((resolve) => {
    const open = () => {
      window.Plaid.create({
        token,
        onSuccess: (publicToken, { institution }) => resolve({ publicToken, institution: institution?.name }),
        onExit: (error) => resolve({ exit: error ?? { message: CLOSED } }),
      }).open();
    };
    if (window.Plaid) return open();
    document.head.append(
      h("script", {
        src: LINK_SCRIPT,
        onload: open,
        onerror: () => resolve({ exit: { message: "Plaid's Link script failed to load." } }),
      }),
    );
  });
}

function openLookAlike(linkToken, update) {
  return new Promise((resolve) => {
    const content = h("div", { class: "link-content" });
    const dialog = h(
      "dialog",
      { class: "link", "aria-labelledby": "link-dialog-title" },
      h(
        "header",
        {},
        h("span", { class: "link-mark" }, icon("bank"), "Link look-alike"),
        h(
          "button",
          { type: "button", class: "close", "aria-label": "Close", onclick: () => dialog.close() },
          icon("cross"),
        ),
      ),
      content,
      h("footer", {}, icon("lock"), "Local sandbox. Nothing you type leaves this machine."),
    );
    let result = { exit: { message: CLOSED } };
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(result);
    });

    function chooseInstitution() {
      show(
        content,
        h("h2", { id: "link-dialog-title" }, "Select your bank"),
        h("p", {}, "These are Plaid's test banks. Any of them will do."),
        h(
          "ul",
          { class: "institutions" },
          INSTITUTIONS.map((institution) => {
            const [id, name, note, color] = institution;
            const mark = h(
              "span",
              { class: "institution-mark", "aria-hidden": "true" },
              name.replace("First ", "")[0],
            );
            mark.style.background = color;
            return h(
              "li",
              {},
              h(
                "button",
                { type: "button", onclick: () => askCredentials(name, id) },
                mark,
                h("span", {}, h("b", {}, name), h("small", {}, note)),
                icon("arrow"),
              ),
            );
          }),
        ),
      );
      content.querySelector("button").focus();
    }

    function askCredentials(institution, institutionId) {
      const username = h("input", {
        id: "link-username",
        name: "username",
        value: "user_good",
        autocomplete: "off",
        spellcheck: "false",
        required: true,
      });
      const password = h("input", {
        id: "link-password",
        name: "password",
        value: "pass_good",
        autocomplete: "off",
        spellcheck: "false",
        required: true,
      });
      const failure = h("p", { class: "link-error", role: "alert", hidden: true });
      const submit = h("button", { type: "submit", class: "primary" }, update ? "Log in again" : "Log in");
      const form = h(
        "form",
        { method: "dialog", onsubmit: logIn },
        h("label", { for: "link-username" }, "Username"),
        username,
        h("label", { for: "link-password" }, "Password"),
        password,
        failure,
        submit,
        h(
          "p",
          { class: "hint" },
          "Any other password is rejected. ",
          h("code", {}, "error_ITEM_LOCKED"),
          " returns that error, and so do others like it.",
        ),
      );
      show(
        content,
        !update &&
          h(
            "button",
            { type: "button", class: "link-back", onclick: chooseInstitution },
            icon("back"),
            "Other banks",
          ),
        h("h2", { id: "link-dialog-title" }, update ? "Your bank asks you to log in again" : institution),
        h(
          "p",
          {},
          update
            ? "Update mode repairs the same item. Its access token stays valid."
            : "Log in as the sandbox's test user.",
        ),
        form,
      );
      submit.focus();

      async function logIn(event) {
        event.preventDefault();
        if (submit.getAttribute("aria-busy")) return;
        submit.setAttribute("aria-busy", "true");
        failure.hidden = true;
        const { data, error } = await ask("POST", "/api/sandbox/link", {
          link_token: linkToken,
          institution_id: institutionId,
          username: username.value,
          password: password.value,
        });
        submit.removeAttribute("aria-busy");
        if (error) {
          failure.hidden = false;
          show(
            failure,
            h("b", {}, error.errorCode ?? error.code ?? error.name),
            " ",
            error.displayMessage ?? error.errorMessage ?? error.message,
          );
          password.focus();
          password.select();
          return;
        }
        result = { publicToken: data.public_token, institution };
        finished(institution);
      }
    }

    function finished(institution) {
      show(
        content,
        h(
          "div",
          { class: "link-done" },
          h("span", { class: "big-check" }, icon("check")),
          h("h2", { id: "link-dialog-title" }, update ? "Repaired" : "Account linked"),
          h(
            "p",
            {},
            update
              ? "The item can be read again."
              : `${institution} is connected. Link gives the page a public token.`,
          ),
        ),
        h("button", { type: "button", class: "primary", onclick: () => dialog.close() }, "Continue"),
      );
      content.querySelector("button").focus();
    }

    document.body.append(dialog);
    if (update) askCredentials("your bank");
    else chooseInstitution();
    dialog.showModal();
    content.querySelector(update ? "[type=submit]" : "button")?.focus();
  });
}
