/** Keeps the event stream and the inbox up to date while they are looked at. */
import { announce } from "./dom.js";
import { plural } from "./format.js";
import { change, state } from "./state.js";
import { ask } from "./worker.js";

const EVERY = 1000;

export async function refresh() {
  const { status, ...activity } = await ask("GET", "/api/activity");
  if (status !== 200 || JSON.stringify(activity) === JSON.stringify(state.activity)) return;
  const news = activity.events.length - state.activity.events.length;
  if (news > 0) announce(plural(news, "new event"));
  change({ activity });
}

/** @param {() => boolean} wanted  whether anything live is on show */
export function poll(wanted) {
  let busy = false;
  setInterval(async () => {
    if (busy || document.hidden || !state.itemId || !wanted()) return;
    busy = true;
    await refresh().finally(() => (busy = false));
  }, EVERY);
}
