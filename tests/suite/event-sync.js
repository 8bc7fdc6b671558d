import { assert, assertEquals } from "./assert.js";
import { assertInvalid } from "./invalid.js";
import { linked, makeBankTransfers } from "./sandboxed.js";
import { env, ok, upstream } from "./upstream.js";

export default function (test, lib) {
  const { PlaidAdapter, PlaidBankTransferSyncEventError, PlaidTransferSyncEventError } = lib;

  for (const [method, path, list, most, Class] of [
    [
      "syncBankTransferEvent",
      "/bank_transfer/event/sync",
      "bank_transfer_events",
      25,
      PlaidBankTransferSyncEventError,
    ],
    ["syncTransferEvent", "/transfer/event/sync", "transfer_events", 500, PlaidTransferSyncEventError],
  ]) {
    test(`${method} sends the id exactly, and count only if given`, async () => {
      const { fetch, calls } = upstream(ok);
      const adapter = new PlaidAdapter(env, { fetch });
      await adapter[method](0);
      await adapter[method](7, { count: 1 });
      await adapter[method](Number.MAX_SAFE_INTEGER, { count: most });
      await adapter[method](2n ** 53n + 1n);
      await adapter[method](2n ** 64n - 1n, { count: undefined });
      await adapter[method](0n);
      assertEquals(calls[0].url, `https://sandbox.plaid.com${path}`);
      assertEquals(
        calls.map((call) => call.text),
        [
          '{"after_id":0}',
          '{"after_id":7,"count":1}',
          `{"after_id":9007199254740991,"count":${most}}`,
          '{"after_id":9007199254740993}',
          '{"after_id":18446744073709551615}',
          '{"after_id":0}',
        ],
      );
    });

    test(`${method} gives a page of the sandbox's events`, async () => {
      const world = await linked(lib);
      await makeBankTransfers(world, 3);
      const { [list]: events, request_id } = await world.adapter[method](0);
      assertEquals(events.length, 3);
      assert(request_id && events[0].event_id < events[1].event_id, "not in order");
      const { [list]: rest } = await world.adapter[method](events[0].event_id, { count: 1 });
      assertEquals(rest, [events[1]]);
      const { [list]: none } = await world.adapter[method](BigInt(events[2].event_id));
      assertEquals(none, []);
    });

    for (const [what, field, ...args] of [
      ["no id", /afterId/],
      ["null", /afterId/, null],
      ["a negative id", /afterId/, -1],
      ["a negative bigint", /afterId/, -1n],
      ["a fraction", /afterId/, 0.5],
      ["NaN", /afterId/, NaN],
      ["an inexact number", /afterId/, 2 ** 53],
      ["a bigint past 64 bits", /afterId/, 2n ** 64n],
      ["a string", /afterId/, "1"],
      ["a Date", /afterId/, new Date(0)],
      ["count 0", /count/, 0, { count: 0 }],
      ["a count that is too large", /count/, 0, { count: most + 1 }],
      ["half a count", /count/, 0, { count: 1.5 }],
      ["a count that is no number", /count/, 0, { count: "1" }],
      ["options that are no object", /options/, 0, 25],
    ]) {
      test(`${method} refuses ${what}`, () =>
        assertInvalid(lib, Class, field, (adapter) => adapter[method](...args)));
    }
  }
}
