/**
 * Every event of a feed, oldest first, as an async iterator. `pages.after(id)` fetches one page, `list` names
 * its events. The place in the feed moves only when an event is handed out, so after a failure the next call
 * of `next` goes on where the last one stopped.
 */
export function events(pages, cursor, list) {
  let page = [];
  let isLast = false;
  let isDone = false;
  let turn = Promise.resolve();

  function finish(value) {
    if (!isDone) pages.free();
    isDone = true;
    page = [];
    return { done: true, value };
  }

  async function next() {
    for (;;) {
      if (isDone) return { done: true, value: undefined };
      const event = page.shift();
      if (event) {
        cursor = event.event_id;
        return { done: false, value: event };
      }
      if (isLast) return finish();
      const answer = await pages.after(cursor);
      if (isDone) continue;
      const all = answer[list];
      if (!Array.isArray(all) || !all.every((event) => Number.isSafeInteger(event?.event_id))) throw pages.unusable();
      page = all.filter((event) => event.event_id > cursor).sort((a, b) => a.event_id - b.event_id);
      // Bank-transfer pages do not say whether more follow: there, the end is a page with nothing new.
      isLast = answer.has_more === false || page.length === 0;
    }
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
