// A page that uses Link as Plaid documents it, and notes what its callbacks are told.
const calls = (window.calls = []);
const note =
  (name) =>
  (...values) =>
    calls.push([name, ...values]);

window.link = (token, options) => {
  window.handler = window.Plaid.create({
    token,
    onSuccess: note("onSuccess"),
    onExit: note("onExit"),
    onEvent: note("onEvent"),
    onLoad: note("onLoad"),
    ...options,
  });
};
document.getElementById("open").addEventListener("click", () => window.handler.open());
