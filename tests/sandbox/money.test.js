// Bank transfers, and their events in both of Plaid's streams.

import assert from "node:assert/strict";
import { test } from "node:test";
import { World, bankTransferRequest, minutes } from "./world.js";

const create = "/bank_transfer/create";
const simulate = "/sandbox/bank_transfer/simulate";
const sync = "/bank_transfer/event/sync";
const list = "/bank_transfer/event/list";

async function events(world, body, path = sync) {
  return (await world.ok(path, body)).bank_transfer_events;
}

test("a bank transfer is created, read and followed to its return", async () => {
  const world = new World();
  const item = await world.item();
  const transfer = await world.bankTransfer(item, { metadata: { order: "7" }, custom_tag: "tag" });
  assert.match(transfer.id, /^[0-9a-f-]{36}$/);
  assert.deepEqual(
    { ...transfer, id: "", origination_account_id: "" },
    {
      id: "",
      ach_class: "ppd",
      account_id: item.account("0000"),
      type: "debit",
      user: { legal_name: "Alberta Bobbeth Charleson", email_address: null, routing_number: "011401533" },
      amount: "12.34",
      iso_currency_code: "USD",
      description: "test",
      created: "2026-03-04T05:06:07Z",
      status: "pending",
      network: "ach",
      cancellable: true,
      failure_reason: null,
      custom_tag: "tag",
      metadata: { order: "7" },
      origination_account_id: "",
      direction: "inbound",
    },
  );
  const bank_transfer_id = transfer.id;
  await world.ok(simulate, { bank_transfer_id, event_type: "posted" });
  const failure_reason = { ach_return_code: "R03", description: "No account or unable to locate account" };
  await world.ok(simulate, { bank_transfer_id, event_type: "reversed", failure_reason });
  const { bank_transfer } = await world.ok("/bank_transfer/get", { bank_transfer_id });
  assert.equal(bank_transfer.status, "reversed");
  assert.equal(bank_transfer.cancellable, false);
  assert.deepEqual(bank_transfer.failure_reason, failure_reason);
  const all = await events(world, { after_id: 0 });
  assert.deepEqual(
    all.map((event) => [event.event_id, event.event_type, event.failure_reason?.ach_return_code]),
    [
      [1, "pending", undefined],
      [2, "posted", undefined],
      [3, "reversed", "R03"],
    ],
  );
  assert.equal(all[0].bank_transfer_id, bank_transfer_id);
  assert.equal(all[0].bank_transfer_amount, "12.34");
  assert.equal(all[0].direction, "inbound");
});

test("only Plaid's transitions are possible", async () => {
  const world = new World();
  const item = await world.item();
  const { id: bank_transfer_id } = await world.bankTransfer(item);
  const error = (event_type) => world.error(simulate, { bank_transfer_id, event_type });
  const invalid = /^400 SANDBOX_ERROR\/SANDBOX_BANK_TRANSFER_EVENT_TRANSITION_INVALID: /;
  assert.match(await error("reversed"), invalid);
  assert.match(await error("pending"), /INVALID_FIELD: event_type must be one of: posted, failed, reversed/);
  await world.ok(simulate, { bank_transfer_id, event_type: "failed" });
  for (const event_type of ["posted", "failed", "reversed"]) assert.match(await error(event_type), invalid);
  const { bank_transfer } = await world.ok("/bank_transfer/get", { bank_transfer_id });
  assert.equal(bank_transfer.failure_reason.ach_return_code, null);
});

test("a transfer can be cancelled while it is pending", async () => {
  const world = new World();
  const item = await world.item();
  const { id: bank_transfer_id } = await world.bankTransfer(item);
  await world.ok("/bank_transfer/cancel", { bank_transfer_id });
  assert.match(
    await world.error("/bank_transfer/cancel", { bank_transfer_id }),
    /^400 BANK_TRANSFER_ERROR\/BANK_TRANSFER_NOT_CANCELLABLE/,
  );
  const types = (await events(world, { after_id: 0 })).map(({ event_type }) => event_type);
  assert.deepEqual(types, ["pending", "cancelled"]);
});

test("the same request is the same transfer; another amount is another", async () => {
  const world = new World();
  const item = await world.item();
  const first = await world.bankTransfer(item);
  assert.deepEqual(await world.bankTransfer(item), first);
  assert.notEqual((await world.bankTransfer(item, { amount: "12.35" })).id, first.id);
  assert.notEqual((await world.bankTransfer(item, { idempotency_key: "key-2" })).id, first.id);
  assert.equal((await events(world, { after_id: 0 })).length, 3);
});

test("a transfer that Plaid would refuse is refused", async () => {
  const world = new World();
  const item = await world.item();
  const error = async (fields) =>
    (await world.error(create, bankTransferRequest(item, fields))).replace(/^400 \w+\//, "");
  assert.match(
    await world.error(create, {}),
    /MISSING_FIELDS: .*: idempotency_key, access_token, account_id, type/,
  );
  assert.match(await error({ ach_class: undefined }), /^MISSING_FIELDS: .*: ach_class$/);
  assert.match(
    await error({ type: "credit", ach_class: "web" }),
    /^INVALID_FIELD: ach_class must be one of: ccd, ppd/,
  );
  for (const amount of ["0.00", "1", "1.5", "-1.00", "1.000", "", "1,00", 1, "99999999999999999999.00"]) {
    assert.match(await error({ amount }), /^INVALID_FIELD: amount must be a positive decimal string/);
  }
  assert.match(await error({ description: "longer than ten" }), /^INVALID_FIELD: description must be/);
  assert.match(await error({ idempotency_key: "k".repeat(51) }), /^INVALID_FIELD: idempotency_key must be/);
  assert.match(await error({ iso_currency_code: "EUR" }), /^INVALID_FIELD: iso_currency_code/);
  assert.match(await error({ metadata: { a: 1 } }), /^INVALID_FIELD: metadata must be/);
  assert.match(await error({ metadata: { ["k".repeat(41)]: "" } }), /^INVALID_FIELD: metadata must have/);
  assert.match(await error({ origination_account_id: "x" }), /^BANK_TRANSFER_INVALID_ORIGINATION_ACCOUNT/);
  assert.match(await error({ account_id: item.account("3333") }), /^BANK_TRANSFER_UNSUPPORTED_ACCOUNT_TYPE/);
  assert.match(await error({ account_id: "a".repeat(37) }), /^INVALID_ACCOUNT_ID/);
  assert.match(await error({ account_id: "x" }), /^INVALID_FIELD/);
  assert.match(await error({ access_token: "x" }), /^INVALID_ACCESS_TOKEN/);
  const wire = { network: "wire", ach_class: undefined, type: "credit" };
  assert.equal((await world.bankTransfer(item, wire)).direction, "outbound");
  await world.ok("/sandbox/item/reset_login", { access_token: item.access_token });
  assert.match(await error({}), /^ITEM_LOGIN_REQUIRED/);
});

test("an unknown transfer is an error", async () => {
  const world = new World();
  const unknown = { bank_transfer_id: "460cbe92-2dcc-8eae-5ad6-b37d0ec90fd9" };
  for (const path of ["/bank_transfer/get", "/bank_transfer/cancel"]) {
    assert.match(await world.error(path, unknown), /^400 INVALID_REQUEST\/INVALID_FIELD: could not find/);
    assert.match(
      await world.error(path, { bank_transfer_id: "x" }),
      /INVALID_FIELD: bank_transfer_id must be/,
    );
  }
});

test("events are synced in ascending pages", async () => {
  const world = new World();
  const item = await world.item();
  for (let i = 1; i <= 30; i++) await world.bankTransfer(item, { idempotency_key: `key-${i}` });
  const ids = async (body) => (await events(world, body)).map(({ event_id }) => event_id);
  const range = (from, to) => Array.from({ length: to - from + 1 }, (_, i) => from + i);
  assert.deepEqual(await ids({ after_id: 0 }), range(1, 25));
  assert.deepEqual(await ids({ after_id: 25, count: null }), range(26, 30));
  assert.deepEqual(await ids({ after_id: 3, count: 2 }), [4, 5]);
  assert.deepEqual(await ids({ after_id: 30 }), []);
  const farAway = await world.send(sync, '{"after_id":18446744073709551615}');
  assert.deepEqual((await farAway.json()).bank_transfer_events, []);
});

test("events are listed newest first, and by what they are", async () => {
  const world = new World();
  const item = await world.item();
  const debit = await world.bankTransfer(item);
  world.now += minutes(1);
  const credit = await world.bankTransfer(item, { type: "credit", account_id: item.account("1111") });
  world.now += minutes(1);
  await world.ok(simulate, { bank_transfer_id: debit.id, event_type: "posted" });
  const ids = async (body) => (await events(world, body, list)).map(({ event_id }) => event_id);
  assert.deepEqual(await ids({}), [3, 2, 1]);
  assert.deepEqual(await ids({ count: 1, offset: 1 }), [2]);
  assert.deepEqual(await ids({ bank_transfer_id: debit.id }), [3, 1]);
  assert.deepEqual(await ids({ account_id: item.account("1111") }), [2]);
  assert.deepEqual(await ids({ bank_transfer_type: "credit" }), [2]);
  assert.deepEqual(await ids({ direction: "inbound" }), [3, 1]);
  assert.deepEqual(await ids({ event_types: ["posted", "failed"] }), [3]);
  assert.deepEqual(await ids({ origination_account_id: credit.origination_account_id }), [3, 2, 1]);
  assert.deepEqual(await ids({ origination_account_id: "other" }), []);
  assert.deepEqual(await ids({ start_date: "2026-03-04T05:07:00Z", end_date: "2026-03-04T05:07:59Z" }), [2]);
  assert.deepEqual(await ids({ start_date: null, count: null, offset: null }), [3, 2, 1]);
  assert.match(await world.error(list, { start_date: "yesterday" }), /start_date must be a date and time/);
});

test("each event shows in the transfer stream too, with has_more", async () => {
  const world = new World();
  const item = await world.item();
  const { id: bank_transfer_id } = await world.bankTransfer(item);
  await world.ok(simulate, { bank_transfer_id, event_type: "posted" });
  await world.ok(simulate, { bank_transfer_id, event_type: "reversed" });
  const page = async (body) => {
    const { transfer_events, has_more } = await world.ok("/transfer/event/sync", body);
    return [transfer_events.map(({ event_id, event_type }) => `${event_id} ${event_type}`), has_more];
  };
  assert.deepEqual(await page({ after_id: 0 }), [["1 pending", "2 posted", "3 returned"], false]);
  assert.deepEqual(await page({ after_id: 0, count: 2 }), [["1 pending", "2 posted"], true]);
  assert.deepEqual(await page({ after_id: 1, count: 2 }), [["2 posted", "3 returned"], false]);
  assert.deepEqual(await page({ after_id: 3, count: 500 }), [[], false]);
  const { transfer_events } = await world.ok("/transfer/event/sync", { after_id: 2 });
  assert.equal(transfer_events[0].transfer_id, bank_transfer_id);
  assert.equal(transfer_events[0].failure_reason.failure_code, "R01");
});
