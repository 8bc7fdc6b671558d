// A whole update of an Item's transactions.

import { perform, planOf } from "./call.js";
import { core } from "./core.js";
import { errorOf, isPlaidError } from "./errors.js";
import { redactor } from "./redact.js";
import { isObject } from "./values.js";

const METHOD = "syncTransactions";

/** All pages of an update. What was fetched is shown to nobody until the last page has come. */
export async function syncTransactions(state, accessToken, options) {
  const { settings } = state;
  // The options of this moment: the caller may change them while pages come.
  const first = copyOf(options);
  let update = 0;
  let collected, given, plan;
  const begin = () => {
    collected = { added: [], modified: [], removed: [] };
    given = first;
  };
  const unexpected = (requestId) =>
    errorOf(core.failed(METHOD, "unexpected", 1), { requestId }, redactor(settings, plan.body));
  begin();
  for (;;) {
    let page;
    try {
      plan = planOf(state, METHOD, [accessToken, given]);
      page = await perform(settings, plan);
    } catch (error) {
      const code = isPlaidError(error) ? error.errorCode : undefined;
      update = core.afterPage(update, false, false, code?.slice(0, 64) ?? "");
      if (update === undefined) throw error;
      begin();
      continue;
    }
    const { added, modified, removed, next_cursor: next, has_more: hasMore, request_id: requestId } = page;
    const isPage = [added, modified, removed].every(Array.isArray) && typeof next === "string";
    if (!isPage) throw unexpected(requestId);
    for (const name of Object.keys(collected)) for (const one of page[name]) collected[name].push(one);
    update = core.afterPage(update, hasMore === true, next !== "" && next !== given?.cursor);
    if (update === undefined) {
      const { accounts, transactions_update_status } = page;
      return { ...collected, accounts, transactions_update_status, next_cursor: next, request_id: requestId };
    }
    if (update === null) throw unexpected(requestId);
    given = { __proto__: null, ...first, cursor: next };
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
