// Whole updates of an Item's transactions.

import { assert, assertEquals, assertRejects, rejection } from "./assert.js";
import { Clock } from "./clock.js";
import { assertInvalid } from "./invalid.js";
import { env, json, plaidError, text, upstream } from "./upstream.js";

const token = "access-sandbox-11111111-2222-3333-4444-555555555555";
const page = (name, next_cursor, has_more, more = {}) =>
  json({
    accounts: [{ account_id: name }],
    added: [{ transaction_id: `${name}-added` }],
    modified: [{ transaction_id: `${name}-modified` }],
    removed: [{ transaction_id: `${name}-removed` }],
    transactions_update_status: "HISTORICAL_UPDATE_COMPLETE",
    next_cursor,
    has_more,
    request_id: `request-${name}`,
    ...more,
  });
const mutation = plaidError(400, "TRANSACTIONS_SYNC_MUTATION_DURING_PAGINATION");

export default function (test, lib) {
  const { PlaidAdapter, PlaidTransactionsSyncError } = lib;
  const ids = (list) => list.map(({ transaction_id }) => transaction_id);
  const asking = (...answers) => {
    const { fetch, calls } = upstream(...answers);
    return { adapter: new PlaidAdapter(env, { fetch, maxRetries: 0 }), calls };
  };

  test("all pages are one update, with the last page's accounts and cursor", async () => {
    const { adapter, calls } = asking(page("a", "c1", true), page("b", "c2", false));
    const update = await adapter.syncTransactions(token, { cursor: "c0", options: { days_requested: 90 } });
    assertEquals(ids(update.added), ["a-added", "b-added"]);
    assertEquals(ids(update.modified), ["a-modified", "b-modified"]);
    assertEquals(ids(update.removed), ["a-removed", "b-removed"]);
    assertEquals(update.accounts, [{ account_id: "b" }]);
    assertEquals([update.next_cursor, update.request_id], ["c2", "request-b"]);
    assertEquals(
      calls.map(({ body }) => body),
      ["c0", "c1"].map((cursor) => ({
        access_token: token,
        cursor,
        count: 500,
        options: { days_requested: 90 },
      })),
    );
    assertEquals("has_more" in update, false);
  });

  test("without a cursor it begins at the beginning", async () => {
    const { adapter, calls } = asking(page("a", "c1", false));
    await adapter.syncTransactions(token, { count: 7, cursor: "" });
    assertEquals(calls[0].body, { access_token: token, count: 7 });
  });

  test("an Item that is not ready gives nothing", async () => {
    const empty = { added: [], modified: [], removed: [], transactions_update_status: "NOT_READY" };
    const { adapter } = asking(page("a", "", false, empty));
    const update = await adapter.syncTransactions(token);
    assertEquals([update.added, update.next_cursor], [[], ""]);
    assertEquals(update.transactions_update_status, "NOT_READY");
  });

  test("a change meanwhile begins the update again where it began", async () => {
    const { adapter, calls } = asking(page("old", "c1", true), mutation, page("new", "c9", false));
    const update = await adapter.syncTransactions(token, { cursor: "c0" });
    assertEquals(ids(update.added), ["new-added"]);
    assertEquals(
      calls.map(({ body }) => body.cursor),
      ["c0", "c1", "c0"],
    );
  });

  test("but three times at most", async () => {
    const { adapter, calls } = asking(mutation);
    await assertRejects(() => adapter.syncTransactions(token), PlaidTransactionsSyncError, {
      errorCode: "TRANSACTIONS_SYNC_MUTATION_DURING_PAGINATION",
      endpoint: "/transactions/sync",
    });
    assertEquals(calls.length, 4);
  });

  test("a failure in the middle of pages shows nothing of them", async () => {
    const { adapter } = asking(page("a", "c1", true), plaidError(400, "ITEM_LOGIN_REQUIRED"));
    const error = await rejection(() => adapter.syncTransactions(token));
    assert(error instanceof PlaidTransactionsSyncError);
    assertEquals(error.errorCode, "ITEM_LOGIN_REQUIRED");
  });

  test("an abort in the middle of pages ends it", async () => {
    const controller = new AbortController();
    const { fetch, calls } = upstream(page("a", "c1", true), () => {
      controller.abort("stop");
      return new Promise(() => {});
    });
    const adapter = new PlaidAdapter(env, { fetch });
    const reason = await rejection(() => adapter.syncTransactions(token, { signal: controller.signal }));
    assertEquals([reason, calls.length], ["stop", 2]);
  });

  test("each page is retried like any read", () =>
    Clock.run(async (clock) => {
      const { fetch, calls } = upstream(page("a", "c1", true), text("", 503), page("b", "c2", false));
      const update = new PlaidAdapter(env, { fetch }).syncTransactions(token);
      await clock.fire(250);
      assertEquals(ids((await update).added), ["a-added", "b-added"]);
      assertEquals(calls.length, 3);
    }));

  for (const [what, answer] of [
    ["pages without end", page("a", "c1", true)],
    ["no lists", json({ next_cursor: "c", has_more: false })],
    ["no cursor", page("a", undefined, false)],
  ]) {
    test(`${what}: a response that can't be Plaid's`, async () => {
      const { adapter } = asking(answer);
      await assertRejects(() => adapter.syncTransactions(token), PlaidTransactionsSyncError, {
        kind: "bad_response",
      });
    });
  }

  for (const [field, options] of [
    [/count/, { count: 501 }],
    [/count/, { count: 0 }],
    [/cursor/, { cursor: 5 }],
    [/options/, { options: "days" }],
    [/cursr/, { cursr: "c" }],
  ]) {
    test(`options ${JSON.stringify(options)} are refused`, () =>
      assertInvalid(lib, PlaidTransactionsSyncError, field, (adapter) =>
        adapter.syncTransactions(token, options),
      ));
  }
}
