// The two event feeds as async iterators.

import { perform, planOf } from "./call.js";
import { core } from "./core.js";
import { errorOf } from "./errors.js";
import { redactor } from "./redact.js";
import { isObject } from "./values.js";

/**
 * Every event of a feed after `options.afterId`, oldest first, as an async iterator. `stateOf` gives the adapter's state,
 * `method` fetches a page. The place in the feed moves only when an event is handed out, so after a failure the next
 * call of `next` goes on where the last one stopped.
 */
export function events(stateOf, method, options) {
  let state, cursor, pageOptions;
  let page = [];
  let isLast = false;
  let isDone = false;
  let turn = Promise.resolve();

  function finish(value) {
    isDone = true;
    return { done: true, value };
  }

  // What is wrong with the options is found when the first page is asked for.
  function begin() {
    pageOptions = options;
    cursor = 0;
    try {
      if (!isObject(options)) return;
      ({ afterId: cursor, ...pageOptions } = { afterId: 0, ...options });
      cursor ??= 0;
    } catch {
      // As good as any value that is not an event id.
      cursor = null;
      pageOptions = undefined;
    }
  }

  async function next() {
    if (cursor === undefined) begin();
    while (!isDone) {
      const event = page.shift();
      // An id may stand in a page twice.
      if (event && !(event.event_id > cursor)) continue;
      if (event) {
        cursor = event.event_id;
        return { done: false, value: event };
      }
      if (isLast) return finish();
      state ??= stateOf();
      const plan = planOf(state, method, [cursor, pageOptions]);
      const response = await perform(state.settings, plan);
      const all = response[plan.list];
      // Past 2^53 - 1 ids are no longer exact as numbers, and to go on would skip or repeat events.
      if (!Array.isArray(all) || !all.every((event) => Number.isSafeInteger(event?.event_id))) {
        const requestId = response.request_id;
        throw errorOf(core.failed(method, "not_events", 1), { requestId }, redactor(state.settings));
      }
      page = all.filter((event) => event.event_id > cursor).sort((a, b) => a.event_id - b.event_id);
      // Bank-transfer pages do not say whether more follow: there, the end is a page with nothing new.
      isLast = response.has_more === false || page.length === 0;
    }
    return finish();
  }

  return {
    // Calls are served one after the other, also when several are made at once.
    next: () => (turn = turn.then(next, next)),
    return: async (value) => finish(value),
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
