// A whole update of an Item's transactions.

import { core, result } from "./core.js";
import { perform } from "./call.js";
import { errorOf, isPlaidError } from "./errors.js";
import { redactor } from "./redact.js";
import { isObject } from "./values.js";

/** All pages of an update. What was fetched is shown to nobody until the last page has come. */
export async function syncTransactions(settings, accessToken, options) {
  // The options of this moment: the caller may change them while pages come.
  const given = copyOf(options);
  let update = 0;
  let collected, cursor, plan;
  const begin = () => {
    collected = { added: [], modified: [], removed: [] };
    cursor = undefined;
  };
  begin();
  for (;;) {
    let page;
    try {
      plan = result(core.syncTransactions(settings.retries, accessToken, cursor, given));
      page = await perform(settings, plan);
    } catch (error) {
      const code = isPlaidError(error) ? error.errorCode : undefined;
      const restarted = core.restartedAfter(update, code?.slice(0, 64) ?? "");
      if (restarted === undefined) throw error;
      update = restarted;
      begin();
      continue;
    }
    const { added, modified, removed, next_cursor: next, has_more: hasMore, request_id: requestId } = page;
    const isPage = [added, modified, removed].every(Array.isArray) && typeof next === "string";
    if (!isPage) throw errorOf(core.notTransactions(), { requestId }, redactor(settings, plan.body));
    for (const name of Object.keys(collected)) for (const one of page[name]) collected[name].push(one);
    update = core.afterPage(update, hasMore === true, next !== "" && next !== cursor);
    if (update === undefined) {
      const { accounts, transactions_update_status } = page;
      return { ...collected, accounts, transactions_update_status, next_cursor: next, request_id: requestId };
    }
    if (typeof update !== "number") throw errorOf(update, { requestId }, redactor(settings, plan.body));
    cursor = next;
  }
}

function copyOf(options) {
  try {
    return isObject(options) ? { __proto__: null, ...options } : options;
  } catch {
    // What can't be read is refused with the first page.
    return options;
  }
}
