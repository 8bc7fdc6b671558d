/**
 * What a user sees of Link: choose a bank, log in. link-initialize.js in the page opens it, hands over the link token
 * through a message port, and is told there what happens.
 */

const title = document.getElementById("title");
const view = document.getElementById("view");
const OAUTH_BANK = "ins_127287";

let port;
let token;
let session; // what the sandbox says of the link token
/** Where the user is; the page's callbacks are told. */
const at = { institution: null, status: null, view: null, updateMode: null, sessionId: "", requestId: "" };

document.getElementById("sandbox").textContent =
  `Whatever you type goes to the sandbox at ${location.host} only.`;
document.getElementById("exit").addEventListener("click", exit);
addEventListener("keydown", onKey);
addEventListener("message", connect, { once: true });

async function connect({ data, ports }) {
  [port] = ports;
  token = data.token;
  const { error, ...response } = await post("open", { link_token: token });
  if (error) return showError(error);
  session = response;
  Object.assign(at, { updateMode: session.is_update_mode, sessionId: session.link_session_id });
  emit("OPEN");
  const [own] = session.institutions;
  if (data.receivedRedirectUri)
    return returnFromBank(session.is_update_mode ? own.institution_id : OAUTH_BANK);
  if (session.is_update_mode) logInAt(own);
  else chooseInstitution();
}

/** The sandbox does not take this link token. All that is left is to leave. */
function showError(error) {
  render("ERROR", "Link can't be opened", alert(error));
  emit("ERROR", {}, error);
  document.getElementById("exit").focus();
}

function chooseInstitution() {
  Object.assign(at, { institution: null, status: "institution_not_found" });
  const buttons = session.institutions.map((institution) => {
    const button = element("button", { type: "button", textContent: institution.name });
    button.addEventListener("click", () => {
      at.institution = institution;
      emit("SELECT_INSTITUTION");
      logInAt(institution);
    });
    return element("li", {}, button);
  });
  const intro = element("p", {
    textContent: `${session.client_name} would like to connect to your bank. These are test banks.`,
  });
  render("SELECT_INSTITUTION", "Select your bank", intro, element("ul", {}, ...buttons));
}

function logInAt(institution) {
  Object.assign(at, { institution, status: "requires_credentials" });
  // Not of the type "password": these are no secrets, and it helps to see what is typed.
  const field = (id, label, placeholder) => [
    element("label", { htmlFor: id, textContent: label }),
    element("input", { id, placeholder, autocomplete: "off", autocapitalize: "off", spellcheck: false }),
  ];
  const failure = element("div", { role: "alert" });
  const submit = element("button", { type: "submit", textContent: "Continue" });
  const hint = element(
    "p",
    { className: "hint" },
    "Left empty, they are ",
    element("code", { textContent: "user_good" }),
    " and ",
    element("code", { textContent: "pass_good" }),
    ". A password such as ",
    element("code", { textContent: "error_ITEM_LOCKED" }),
    " leads to that error.",
  );
  const form = element(
    "form",
    {},
    ...field("username", "Username", "user_good"),
    ...field("password", "Password", "pass_good"),
    failure,
    submit,
    hint,
  );
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (submit.ariaBusy) return;
    submit.ariaBusy = "true";
    failure.replaceChildren();
    const error = await logIn(institution.institution_id, form.username.value, form.password.value);
    submit.ariaBusy = null;
    if (!error) return;
    failure.replaceChildren(alert(error));
    at.view = "CREDENTIAL";
    emit("TRANSITION_VIEW");
    form.password.focus();
    form.password.select();
  });
  const back = element("button", { type: "button", className: "back", textContent: "Other banks" });
  back.addEventListener("click", chooseInstitution);
  const heading = session.is_update_mode ? `Log in again at ${institution.name}` : institution.name;
  render("CREDENTIAL", heading, form, ...(session.is_update_mode ? [] : [back]));
  form.username.focus();
}

/** The bank's own page, to which the user was sent from here, has sent them back: they have logged in there. */
async function returnFromBank(institutionId) {
  render("LOADING", "Returning from your bank…");
  const error = await logIn(institutionId, "", "");
  if (error) render("ERROR", "Your bank could not be connected", alert(error));
}

/** @returns the error, if there is one; else the session is over */
async function logIn(institution_id, username, password) {
  emit("SUBMIT_CREDENTIALS");
  at.view = "LOADING";
  emit("TRANSITION_VIEW");
  const { error, public_token, metadata } = await post("complete", {
    link_token: token,
    link_session_id: at.sessionId,
    institution_id,
    username: username || undefined,
    password: password || undefined,
  });
  if (error) {
    emit("ERROR", {}, error);
    return error;
  }
  at.view = "CONNECTED";
  emit("TRANSITION_VIEW");
  finish({ publicToken: public_token, metadata });
}

function exit() {
  finish({ exit: true });
}

/**
 * The page removes this frame, so it is told only after the browser has handled the click or key. On a busy machine that
 * takes a moment, and until then a browser driver waits for it.
 */
function finish(how) {
  setTimeout(() => port?.postMessage({ at, ...how }), 50);
}

function emit(event, details = {}, error = null) {
  port.postMessage({ at, event, details, error });
}

/** Shows a view, and tells that it is shown. */
function render(name, heading, ...content) {
  title.textContent = heading;
  view.replaceChildren(...content);
  at.view = name;
  title.focus();
  emit("TRANSITION_VIEW");
}

/** Link has no credentials of the Plaid API. The link token is enough. */
async function post(what, body) {
  try {
    const headers = { "content-type": "application/json" };
    const response = await fetch(what, { method: "POST", headers, body: JSON.stringify(body) });
    const answer = await response.json();
    at.requestId = answer.request_id ?? "";
    const { error_type, error_code, error_message, display_message } = answer;
    return error_code ? { error: { error_type, error_code, error_message, display_message } } : answer;
  } catch {
    const error_message = "the sandbox did not respond";
    return {
      error: {
        error_type: "API_ERROR",
        error_code: "INTERNAL_SERVER_ERROR",
        error_message,
        display_message: null,
      },
    };
  }
}

function alert({ error_code, error_message, display_message }) {
  return element(
    "p",
    { className: "alert" },
    element("b", { textContent: error_code }),
    " ",
    display_message ?? error_message,
  );
}

/** Escape leaves, and Tab stays inside. */
function onKey(event) {
  if (event.key === "Escape") exit();
  if (event.key !== "Tab") return;
  const controls = [...document.querySelectorAll("button, input")];
  const [first, last] = [controls[0], controls.at(-1)];
  const leaves = event.shiftKey ? [first, title, document.body] : [last];
  if (!leaves.includes(document.activeElement)) return;
  event.preventDefault();
  (event.shiftKey ? last : first).focus();
}

function element(tag, { role, ...properties }, ...children) {
  const created = Object.assign(document.createElement(tag), properties);
  if (role) created.setAttribute("role", role);
  created.append(...children);
  return created;
}
