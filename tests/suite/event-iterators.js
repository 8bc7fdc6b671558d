import { assert, assertEquals, assertRejects, rejection } from "./assert.js";
import { assertInvalid } from "./invalid.js";
import { linked, makeBankTransfers } from "./sandboxed.js";
import { env, json, lost, plaidError, text, upstream } from "./upstream.js";

export default function (test, lib) {
  const { PlaidAdapter, PlaidBankTransferSyncEventError, PlaidTransferSyncEventError } = lib;

  async function all(iterator) {
    const ids = [];
    for await (const event of iterator) ids.push(event.event_id);
    return ids;
  }

  for (const [method, path, list, Class] of [
    [
      "bankTransferEvents",
      "/bank_transfer/event/sync",
      "bank_transfer_events",
      PlaidBankTransferSyncEventError,
    ],
    ["transferEvents", "/transfer/event/sync", "transfer_events", PlaidTransferSyncEventError],
  ]) {
    const isTransfer = method === "transferEvents";
    const page = (...ids) =>
      json({
        [list]: ids.map((event_id) => ({ event_id, note: `event ${event_id}` })),
        ...(isTransfer && { has_more: ids.length > 0 }),
        request_id: "request-1",
      });
    /** The iterator over those pages, and the requests it sent. */
    function over(pages, options) {
      const { fetch, calls } = upstream(...pages);
      const adapter = new PlaidAdapter(env, { fetch, maxRetries: 0 });
      return {
        adapter,
        calls,
        events: adapter[method](options),
        cursors: () => calls.map((call) => call.body.after_id),
      };
    }

    test(`${method} gives every event, page after page`, async () => {
      const { events, calls, cursors } = over([page(1, 2), page(3), page()]);
      const given = [];
      for await (const event of events) given.push(event);
      assertEquals(
        given,
        [1, 2, 3].map((event_id) => ({ event_id, note: `event ${event_id}` })),
      );
      assertEquals(cursors(), [0, 2, 3]);
      assertEquals(calls[0].url, `https://sandbox.plaid.com${path}`);
    });

    test(`${method} goes by the largest id, whatever the gaps and the order`, async () => {
      const { events, cursors } = over([page(12, 5, 900), page(1000), page()]);
      assertEquals(await all(events), [5, 12, 900, 1000]);
      assertEquals(cursors(), [0, 900, 1000]);
    });

    test(`${method} fetches nothing before the first event is asked for, and a page when it is needed`, async () => {
      const { events, calls } = over([page(1, 2), page(3), page()]);
      await Promise.resolve();
      assertEquals(calls.length, 0);
      await events.next();
      await events.next();
      assertEquals(calls.length, 1);
      await events.next();
      assertEquals(calls.length, 2);
    });

    test(`${method} starts after afterId and sends count with each page`, async () => {
      const { events, calls } = over([page(8, 9), page()], { afterId: 7, count: 2 });
      assertEquals(await all(events), [8, 9]);
      assertEquals(
        calls.map((call) => call.body),
        [
          { after_id: 7, count: 2 },
          { after_id: 9, count: 2 },
        ],
      );
    });

    test(`${method} takes a bigint as afterId`, async () => {
      const { events, calls } = over([page(8), page()], { afterId: 7n });
      assertEquals(await all(events), [8]);
      assertEquals(calls[0].text, '{"after_id":7}');
      const past = over([page()], { afterId: 2n ** 60n });
      assertEquals(await all(past.events), []);
      assertEquals(past.calls[0].text, '{"after_id":1152921504606846976}');
    });

    test(`${method} is an async iterator and its own iterable`, async () => {
      const { events } = over([page(1), page()]);
      assert(events[Symbol.asyncIterator]() === events);
      assertEquals(await events.next(), { done: false, value: { event_id: 1, note: "event 1" } });
      assertEquals(await events.next(), { done: true, value: undefined });
      assertEquals(await events.next(), { done: true, value: undefined });
    });

    test(`${method} sends nothing more once the loop was left`, async () => {
      const { events, calls } = over([page(1, 2), page(3), page()]);
      for await (const event of events) if (event.event_id === 2) break;
      assertEquals(await events.next(), { done: true, value: undefined });
      assertEquals(calls.length, 1);
    });

    test(`${method} stops at return, before the first event too`, async () => {
      const { events, calls } = over([page(1)]);
      assertEquals(await events.return("over"), { done: true, value: "over" });
      assertEquals(await events.next(), { done: true, value: undefined });
      assertEquals(calls.length, 0);
      await events.return();
    });

    test(`${method} serves calls of next in their order`, async () => {
      const { events, calls } = over([page(1, 2), page(3), page()]);
      const given = await Promise.all([events.next(), events.next(), events.next(), events.next()]);
      assertEquals(
        given.map(({ value }) => value?.event_id),
        [1, 2, 3, undefined],
      );
      assertEquals(calls.length, isTransfer ? 3 : 3);
    });

    test(`${method} goes on from the last event after a failure`, async () => {
      const { events, cursors } = over([
        page(1, 2),
        lost(),
        plaidError(400, "INVALID_FIELD"),
        page(3),
        page(),
      ]);
      await events.next();
      await events.next();
      await assertRejects(() => events.next(), Class, { kind: "network", endpoint: path, attempts: 1 });
      await assertRejects(() => events.next(), Class, {
        kind: "api",
        errorCode: "INVALID_FIELD",
        attempts: 1,
      });
      assertEquals(await all(events), [3]);
      assertEquals(cursors(), [0, 2, 2, 2, 3]);
    });

    test(`${method} can be taken up by another iterator`, async () => {
      const first = over([page(1, 2), page(3)]);
      const { value } = await first.events.next();
      const second = over([page(2, 3), page()], { afterId: value.event_id });
      assertEquals(await all(second.events), [2, 3]);
      assertEquals(second.cursors(), [1, 3]);
    });

    test(`${method} retries as the sync call does`, async () => {
      const { fetch, calls } = upstream(
        plaidError(429, "RATE_LIMIT", {}, { "retry-after": "0" }),
        page(1),
        page(),
      );
      assertEquals(await all(new PlaidAdapter(env, { fetch })[method]()), [1]);
      assertEquals(calls.length, 3);
    });

    test(`${method} stops with bad_response at an id past 2^53 - 1`, async () => {
      for (const id of ["9007199254740992", "9007199254740993", "18446744073709551615"]) {
        const { events } = over([text(`{"${list}":[{"event_id":${id}}],"has_more":true}`)]);
        await assertRejects(() => events.next(), Class, {
          kind: "bad_response",
          endpoint: path,
          attempts: 1,
          retryable: false,
        });
      }
      const last = over([page(Number.MAX_SAFE_INTEGER), page()]);
      assertEquals(await all(last.events), [Number.MAX_SAFE_INTEGER]);
    });

    test(`${method} stops with bad_response at a page that is none`, async () => {
      for (const answer of [
        "{}",
        `{"${list}":{}}`,
        `{"${list}":[null]}`,
        `{"${list}":[{}]}`,
        `{"${list}":[{"event_id":"1"}]}`,
      ]) {
        const { events } = over([text(answer)]);
        await assertRejects(() => events.next(), Class, { kind: "bad_response" });
      }
    });

    test(`${method} does not loop over an upstream that repeats itself`, async () => {
      const { events, calls } = over([page(1, 2)]);
      assertEquals(await all(events), [1, 2]);
      assert(calls.length <= 2, `${calls.length} requests`);
    });

    test(`${method} rejects with the reason of an aborted signal`, async () => {
      const controller = new AbortController();
      const { events, calls } = over([page(1), page(2), page()], { signal: controller.signal });
      await events.next();
      const reason = new Error("enough");
      controller.abort(reason);
      assert((await rejection(() => events.next())) === reason);
      assertEquals(calls.length, 1);
    });

    test(`${method} gives what the sandbox has`, async () => {
      const world = await linked(lib);
      assertEquals(await all(world.adapter[method]()), []);
      await makeBankTransfers(world, 5);
      const ids = await all(world.adapter[method]({ count: 2 }));
      assertEquals(ids.length, 5);
      assertEquals(await all(world.adapter[method]({ count: 2, afterId: ids[2] })), ids.slice(3));
    });

    for (const [what, field, options] of [
      ["count 0", /count/, { count: 0 }],
      ["too large a count", /count/, { count: isTransfer ? 501 : 26 }],
      ["a negative afterId", /afterId/, { afterId: -1 }],
      ["an inexact afterId", /afterId/, { afterId: 2 ** 53 }],
      ["an afterId that is no number", /afterId/, { afterId: "1" }],
      [
        "an afterId that cannot be read",
        /afterId/,
        {
          get afterId() {
            throw new Error("hostile");
          },
        },
      ],
      ["options that are no object", /options/, "options"],
    ]) {
      test(`${method} refuses ${what} at the first event`, () =>
        assertInvalid(lib, Class, field, (adapter) => adapter[method](options).next()));
    }
  }

  test("bankTransferEvents ends at an empty page", async () => {
    const full = { bank_transfer_events: [{ event_id: 1 }], request_id: "request-1" };
    const { fetch, calls } = upstream(json(full), json({ ...full, bank_transfer_events: [] }));
    assertEquals(await all(new PlaidAdapter(env, { fetch }).bankTransferEvents({ count: 25 })), [1]);
    assertEquals(calls.length, 2);
  });

  test("transferEvents ends where has_more is false, without another request", async () => {
    const { fetch, calls } = upstream(json({ transfer_events: [{ event_id: 1 }], has_more: false }));
    assertEquals(await all(new PlaidAdapter(env, { fetch }).transferEvents()), [1]);
    assertEquals(calls.length, 1);
  });
}
