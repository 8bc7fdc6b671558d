import { OPERATIONS } from "./call.js";
import { makeError } from "./errors.js";

/**
 * Every event of a feed after `cursor`, oldest first, as an async iterator. `method` of `adapter` fetches a page, and
 * `list` names the events in its answer. The place in the feed moves only when an event is handed out, so after a
 * failure the next call of `next` goes on where the last one stopped. The adapter is the iterator's own.
 */
export function events(adapter, method, list, cursor, options) {
  const { path: endpoint, errorClass } = OPERATIONS[method];
  let page = [];
  let isLast = false;
  let isDone = false;
  let turn = Promise.resolve();

  function finish(value) {
    adapter.free();
    isDone = true;
    return { done: true, value };
  }

  async function next() {
    while (!isDone) {
      const event = page.shift();
      // An id may stand in a page twice.
      if (event && !(event.event_id > cursor)) continue;
      if (event) {
        cursor = event.event_id;
        return { done: false, value: event };
      }
      if (isLast) return finish();
      const answer = await adapter[method](cursor, options);
      const all = answer[list];
      if (!Array.isArray(all) || !all.every((event) => Number.isSafeInteger(event?.event_id)))
        throw unusable(answer);
      page = all.filter((event) => event.event_id > cursor).sort((a, b) => a.event_id - b.event_id);
      // Bank-transfer pages do not say whether more follow: there, the end is a page with nothing new.
      isLast = answer.has_more === false || page.length === 0;
    }
    return { done: true, value: undefined };
  }

  // Past 2^53 - 1 ids are no longer exact as numbers, and to go on would skip or repeat events.
  function unusable({ request_id: requestId }) {
    const words = "the answer is no list of events, or an event_id is past 2^53 - 1 and no longer exact";
    const fields = { kind: "bad_response", endpoint, attempts: 1, retryable: false, outcome: { requestId } };
    return makeError(method, errorClass, words, fields, []);
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
