/** Keeps the event stream and the inbox up to date while they are in view. */
import { announce, h } from "./dom.js";
import { plural } from "./format.js";
import { change, state } from "./state.js";
import { ask } from "./worker.js";

const PAUSE_MS = 250; // between two requests, so that a flood of news is read in batches
const LONGEST_WAIT_MS = 15_000; // between two attempts while the worker can't be reached

/** Reads the activity now, after something was done that changes it. */
export async function refresh() {
  const response = await ask("GET", "/api/activity");
  if (response.status === 200) apply(response);
}

/**
 * Follows the activity with requests to which the worker responds when there is news.
 * @param {() => boolean} wanted  whether anything live is in view
 */
export async function follow(wanted) {
  let failures = 0;
  let request;
  addEventListener("offline", () => {
    request?.abort();
    change({ live: "offline" });
  });
  for (;;) {
    if (!wanted() || !state.itemId || document.hidden) {
      await wakeUp();
      continue;
    }
    request = new AbortController();
    // Asked without a version, the worker responds at once, which shows that it can be reached.
    const query = state.live === "live" ? `?after=${state.activity.version}` : "";
    const response = await ask("GET", `/api/activity${query}`, undefined, request.signal);
    if (response.status === 200) {
      failures = 0;
      apply(response);
      await wakeUp(PAUSE_MS);
    } else {
      failures += 1;
      change({ live: "offline" });
      await wakeUp(Math.min(LONGEST_WAIT_MS, 500 * 2 ** failures));
    }
  }
}

/** Resolves after a time, or earlier when there may be more to do. */
function wakeUp(milliseconds) {
  return new Promise((resolve) => {
    const watch = new AbortController();
    const wake = () => (watch.abort(), resolve());
    const { signal } = watch;
    if (milliseconds) setTimeout(wake, milliseconds);
    else addEventListener("hashchange", wake, { signal });
    document.addEventListener("visibilitychange", wake, { signal });
    addEventListener("online", wake, { signal });
  });
}

function apply({ status: _, ...activity }) {
  const isOlder = numbers(activity).some((number, index) => number < numbers(state.activity)[index]);
  const isSame = JSON.stringify(activity) === JSON.stringify(state.activity);
  if (isOlder || (isSame && state.live === "live")) return;
  const news = activity.events.length - state.activity.events.length;
  if (news > 0) announce(plural(news, "new event"));
  change({ activity, live: "live" });
}

const numbers = ({ version }) => version.split(".").map(Number);

/** Says whether what is shown is up to date. */
export function liveBadge() {
  const element = h("span", { class: "live" });
  return {
    element,
    update() {
      element.classList.toggle("off", state.live !== "live");
      element.textContent = { connecting: "connecting", live: "live", offline: "reconnecting" }[state.live];
    },
  };
}
