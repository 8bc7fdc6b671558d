// Pages as react-plaid-link's documentation has them.
import { createElement, useState } from "react";
import { createRoot } from "react-dom/client";
import { PlaidEmbeddedLink, usePlaidLink } from "react-plaid-link";

const params = new URLSearchParams(location.search);
const token = params.get("token");
const calls = (window.calls = []);
const onSuccess = (publicToken, metadata) => calls.push(["onSuccess", publicToken, metadata]);
const onExit = (error, metadata) => calls.push(["onExit", error, metadata]);
const onEvent = (name, metadata) => calls.push(["onEvent", name, metadata]);

function Button() {
  const { open, ready } = usePlaidLink({ token, onSuccess, onExit, onEvent });
  return createElement("button", { onClick: () => open(), disabled: !ready }, "Link a bank");
}

function App() {
  const [shown, show] = useState(true);
  window.unmount = () => show(false);
  if (!shown) return createElement("p", null, "Gone");
  if (params.has("embedded")) return createElement(PlaidEmbeddedLink, { token, onSuccess, onExit, onEvent });
  return createElement(Button);
}

createRoot(document.getElementById("root")).render(createElement(App));
