/**
 * A stand-in for Plaid's link-initialize.js (https://plaid.com/docs/link/web/). It defines window.Plaid. Link itself is
 * link.html in an iframe, from the sandbox that served this file. Nothing is sent to anybody else.
 */
(() => {
  "use strict";

  /** The address of the sandbox. The server writes it when it serves this file. */
  const SANDBOX = "{{SANDBOX}}";
  const PLAID_SCRIPT = "https://cdn.plaid.com/link/v2/stable/link-initialize.js";
  const CALLBACKS = ["onSuccess", "onExit", "onEvent", "onLoad"];

  function create(config) {
    check(config);
    let session = null;
    let destroyed = false;
    const end = () => {
      session?.close();
      session = null;
    };
    defer(() => destroyed || config.onLoad?.());
    return {
      open() {
        if (destroyed) return console.warn("Plaid Link: open() was called after destroy().");
        session ??= start(config, modal, end);
      },
      exit() {
        session?.exit();
      },
      /** For Layer, which the sandbox does not model. */
      submit() {
        const unavailable = () =>
          destroyed || config.onEvent?.("LAYER_NOT_AVAILABLE", eventMetadata(NOTHING));
        defer(unavailable);
      },
      destroy() {
        destroyed = true;
        end();
      },
    };
  }

  /** Link inside the page. After a user has left it, it starts again. */
  function createEmbedded(config, target) {
    check(config);
    if (!(target instanceof Element))
      throw new TypeError("Plaid.createEmbedded: the target must be an element");
    let session = null;
    let destroyed = false;
    const begin = () => {
      session = start(
        config,
        (frame) => inline(frame, target),
        (linked) => {
          session.close();
          if (!linked && !destroyed) begin();
        },
      );
    };
    begin();
    defer(() => destroyed || config.onLoad?.());
    return {
      destroy() {
        destroyed = true;
        session.close();
      },
    };
  }

  function check(config) {
    const fail = (text) => {
      throw new TypeError(`Plaid.create: ${text}`);
    };
    if (config === null || typeof config !== "object") fail("the configuration must be an object");
    const { token, receivedRedirectUri } = config;
    if (typeof token !== "string" || token === "")
      fail("token must be a link token, from /link/token/create");
    if (typeof config.onSuccess !== "function") fail("onSuccess must be a function");
    for (const name of CALLBACKS) {
      if (config[name] != null && typeof config[name] !== "function") fail(`${name} must be a function`);
    }
    if (receivedRedirectUri != null && !/[?&]oauth_state_id=/.test(receivedRedirectUri)) {
      fail("receivedRedirectUri must be the address that the bank returned to, with its oauth_state_id");
    }
  }

  /* A session: from open() until the user has linked an account or left. */

  const NOTHING = {
    institution: null,
    status: null,
    view: null,
    updateMode: null,
    sessionId: "",
    requestId: "",
  };

  /**
   * @param {(frame: HTMLIFrameElement, exit: () => void) => () => void} show  shows the frame, and gives what removes it
   * @param {(linked: boolean) => void} ended  called before onSuccess or onExit
   */
  function start(config, show, ended) {
    let at = NOTHING; // where the user is
    let lastError = null;
    let open = true;
    const { port1: port, port2 } = new MessageChannel();
    const emit = (name, details) => config.onEvent?.(name, eventMetadata(at, details));

    const frame = document.createElement("iframe");
    frame.title = "Plaid Link";
    frame.src = `${SANDBOX}/link/v2/stable/link.html`;
    const connect = () => {
      const { token, receivedRedirectUri } = config;
      frame.contentWindow.postMessage({ token, receivedRedirectUri }, SANDBOX, [port2]);
      frame.focus();
    };
    frame.addEventListener("load", connect, { once: true });

    function exit() {
      if (!open) return;
      open = false;
      const { institution, status, sessionId, requestId } = at;
      emit("EXIT", { ...errorDetails(lastError), exit_status: status });
      ended(false);
      config.onExit?.(lastError, { institution, status, link_session_id: sessionId, request_id: requestId });
    }

    // The frame tells where the user is, and one of: an event, a success, that the user leaves.
    port.onmessage = ({ data }) => {
      if (!open) return;
      at = data.at ?? at;
      if (data.event) {
        lastError = data.error ?? lastError;
        emit(data.event, { ...errorDetails(data.error), ...data.details });
      } else if (data.publicToken) {
        open = false;
        emit("HANDOFF");
        ended(true);
        config.onSuccess(data.publicToken, data.metadata);
      } else exit();
    };

    const remove = show(frame, exit);
    return {
      exit,
      close() {
        open = false;
        port.close();
        remove();
      },
    };
  }

  function errorDetails(error) {
    if (!error) return {};
    const { error_type, error_code, error_message } = error;
    return { error_type, error_code, error_message };
  }

  /** What onEvent gets: every field of the official types, null where it says nothing. */
  function eventMetadata({ institution, view, updateMode, sessionId, requestId }, details) {
    return {
      account_number_mask: null,
      error_type: null,
      error_code: null,
      error_message: null,
      exit_status: null,
      institution_id: institution?.institution_id ?? null,
      institution_name: institution?.name ?? null,
      institution_search_query: null,
      is_update_mode: updateMode === null ? null : String(updateMode),
      match_reason: null,
      mfa_type: null,
      routing_number: null,
      selection: null,
      view_name: view,
      timestamp: new Date().toISOString(),
      link_session_id: sessionId,
      request_id: requestId,
      ...details,
    };
  }

  /* Ways to show the frame. The styles are set by script, which a Content-Security-Policy allows. */

  function modal(frame, exit) {
    const dialog = document.createElement("dialog");
    dialog.setAttribute("aria-label", "Plaid Link");
    style(dialog, {
      all: "initial",
      display: "grid",
      "place-items": "center",
      position: "fixed",
      inset: "0",
      width: "100%",
      height: "100%",
      "max-width": "none",
      "max-height": "none",
      background: "rgb(0 0 0 / 55%)",
    });
    style(frame, {
      all: "initial",
      display: "block",
      width: "min(400px, 100vw)",
      height: "min(660px, 100dvh)",
      "border-radius": "12px",
    });
    dialog.addEventListener("cancel", (event) => {
      event.preventDefault();
      exit();
    });
    dialog.append(frame);
    document.body.append(dialog);
    dialog.showModal();
    return () => {
      dialog.close(); // Gives the focus back.
      dialog.remove();
    };
  }

  function inline(frame, target) {
    style(frame, { all: "initial", display: "block", width: "100%", height: "360px" });
    target.append(frame);
    return () => frame.remove();
  }

  /** The page's own rules must not reach these elements. */
  function style(element, rules) {
    for (const [name, value] of Object.entries(rules)) element.style.setProperty(name, value, "important");
  }

  function defer(callback) {
    setTimeout(callback, 0);
  }

  /** react-plaid-link loads Plaid's own script, unless the page has it. This element has its address and loads nothing. */
  function standInForPlaidScript() {
    if (document.querySelector(`script[src="${PLAID_SCRIPT}"]`)) return;
    const marker = document.createElement("script");
    marker.type = "text/plain";
    marker.src = PLAID_SCRIPT;
    document.head.append(marker);
  }

  standInForPlaidScript();
  window.Plaid = { create, createEmbedded };
})();
