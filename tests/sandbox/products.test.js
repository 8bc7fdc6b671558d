// Plaid's products over the sandbox: data, states and errors. `World.ok` holds each answer against Plaid's types.

import assert from "node:assert/strict";
import { test } from "node:test";
import { validateResponse } from "../fidelity/schemas.js";
import { World, days, hours } from "./world.js";

const dynamic = { override_username: "user_transactions_dynamic", override_password: "x" };
const products = ["transactions", "auth", "assets", "investments"];

/** All pages of an update from `cursor` on. */
async function syncAll(world, access_token, cursor = "", count = 500) {
  const all = { added: [], modified: [], removed: [] };
  for (;;) {
    const page = await world.ok("/transactions/sync", { access_token, cursor, count });
    for (const part of Object.keys(all)) all[part].push(...page[part]);
    cursor = page.next_cursor;
    if (!page.has_more) return { ...all, cursor, status: page.transactions_update_status };
  }
}

test("the first sync is empty, the next complete, and a drained cursor gives nothing", async () => {
  const world = new World();
  const { access_token } = await world.item({}, products);
  const first = await syncAll(world, access_token);
  assert.deepEqual([first.status, first.cursor, first.added.length], ["NOT_READY", "", 0]);
  const second = await syncAll(world, access_token, "", 7);
  assert.equal(second.status, "HISTORICAL_UPDATE_COMPLETE");
  assert.equal(second.added.length, 48);
  const third = await syncAll(world, access_token, second.cursor);
  assert.deepEqual([third.added.length, third.cursor], [0, second.cursor]);
});

test("a cursor belongs to its Item", async () => {
  const world = new World();
  const [one, other] = [await world.item({}, products), await world.item({}, products)];
  await syncAll(world, one.access_token);
  const { cursor } = await syncAll(world, one.access_token);
  assert.match(
    await world.error("/transactions/sync", { access_token: other.access_token, cursor }),
    /INVALID_FIELD: cursor not associated with access_token/,
  );
});

test("pending transactions are posted under new ids by a refresh and by time", async () => {
  for (const pass of ["refresh", "advance"]) {
    const world = new World();
    const { access_token } = await world.item(dynamic, products);
    await syncAll(world, access_token);
    const before = await syncAll(world, access_token);
    const pending = before.added.filter((row) => row.pending).map((row) => row.transaction_id);
    assert.equal(pending.length, 4);
    if (pass === "refresh") await world.ok("/transactions/refresh", { access_token });
    else world.sandbox.advance(days(2));
    const after = await syncAll(world, access_token, before.cursor);
    assert.deepEqual(
      after.removed.map((row) => row.transaction_id),
      pending,
    );
    const posted = after.added.filter((row) => !row.pending);
    assert.deepEqual(
      posted.map((row) => row.pending_transaction_id),
      pending,
    );
    assert.ok(posted.every((row) => !pending.includes(row.transaction_id)));
  }
});

test("a change between two pages is an error, and the old cursor is good again", async () => {
  const world = new World();
  const { access_token } = await world.item(dynamic, products);
  await syncAll(world, access_token);
  const page = await world.ok("/transactions/sync", { access_token, count: 3 });
  assert.equal(page.has_more, true);
  const date = new Date(world.now).toISOString().slice(0, 10);
  const row = { date_transacted: date, date_posted: date, amount: 5, description: "Book" };
  await world.ok("/sandbox/transactions/create", { access_token, transactions: [row] });
  assert.match(
    await world.error("/transactions/sync", { access_token, cursor: page.next_cursor }),
    /^400 TRANSACTIONS_ERROR\/TRANSACTIONS_SYNC_MUTATION_DURING_PAGINATION: /,
  );
  const { added } = await syncAll(world, access_token);
  assert.ok(added.some(({ name, amount }) => name === "Book" && amount === 5));
});

test("the reads of an Item's products", async () => {
  const world = new World();
  const { access_token, accounts } = await world.item({}, products);
  const range = { start_date: "2024-04-01", end_date: "2026-03-04" };
  await world.ok("/accounts/balance/get", { access_token });
  const options = { count: 2, offset: 1 };
  const got = await world.ok("/transactions/get", { access_token, ...range, options });
  assert.deepEqual([got.transactions.length, got.total_transactions], [2, 48]);
  const { outflow_streams } = await world.ok("/transactions/recurring/get", { access_token });
  assert.ok(outflow_streams.some((stream) => stream.merchant_name === "KFC" && stream.status === "MATURE"));
  const { holdings } = await world.ok("/investments/holdings/get", { access_token });
  assert.equal(holdings.length, 10);
  const trades = await world.ok("/investments/transactions/get", { access_token, ...range, options });
  assert.equal(trades.investment_transactions.length, 2);
  await world.ok("/investments/auth/get", { access_token });
  const account_ids = [accounts[0].account_id];
  const { liabilities } = await world.ok("/liabilities/get", { access_token });
  assert.equal(liabilities.student[0].guarantor, "DEPT OF ED");
  const narrowed = await world.ok("/liabilities/get", { access_token, options: { account_ids } });
  assert.equal(narrowed.accounts.length, 1);
});

test("institutions come with metadata only when it is asked for", async () => {
  const world = new World();
  const request = { count: 3, offset: 4, country_codes: ["US"] };
  const plain = await world.ok("/institutions/get", request);
  assert.ok(plain.institutions.every((institution) => !("primary_color" in institution)));
  const options = { include_optional_metadata: true };
  const { institutions } = await world.ok("/institutions/get", { ...request, options });
  assert.ok(
    institutions.length === 3 && institutions.every(({ url, primary_color }) => url && primary_color),
  );
  const search = { query: "first platypus bank", products: ["transactions"], country_codes: ["US"] };
  assert.equal((await world.ok("/institutions/search", search)).institutions[0].institution_id, "ins_109508");
});

const authorizationRequest = (item, fields) => ({
  access_token: item.access_token,
  account_id: item.account("0000"),
  type: "debit",
  network: "ach",
  ach_class: "ppd",
  amount: "1.00",
  user: { legal_name: "A B" },
  ...fields,
});

async function transfer(world, item, fields) {
  const { authorization } = await world.ok(
    "/transfer/authorization/create",
    authorizationRequest(item, fields),
  );
  const { access_token } = item;
  const account_id = item.account("0000");
  const request = { access_token, account_id, authorization_id: authorization.id, description: "Debit" };
  return { request, ...(await world.ok("/transfer/create", request)) };
}

test("a transfer goes from authorization to funds available, once per authorization", async () => {
  const world = new World();
  const item = await world.item({}, products);
  const { transfer: made, request } = await transfer(world, item);
  assert.equal((await world.ok("/transfer/create", request)).transfer.id, made.id);
  for (const event_type of ["posted", "settled", "funds_available"]) {
    await world.ok("/sandbox/transfer/simulate", { transfer_id: made.id, event_type });
  }
  const { transfer_events } = await world.ok("/transfer/event/sync", { after_id: 0 });
  assert.deepEqual(
    transfer_events.map((event) => event.event_type),
    ["pending", "posted", "settled", "funds_available"],
  );
  assert.match(
    await world.error("/transfer/cancel", { transfer_id: made.id }),
    /TRANSFER_ERROR\/TRANSFER_NOT_CANCELLABLE/,
  );
  assert.deepEqual((await world.ok("/bank_transfer/event/sync", { after_id: 0 })).bank_transfer_events, []);
});

test("authorizations follow the balance, and expire; transfers settle with time", async () => {
  const world = new World();
  const item = await world.item({}, products);
  const decide = async (amount) =>
    (await world.ok("/transfer/authorization/create", authorizationRequest(item, { amount }))).authorization;
  assert.equal((await decide("99.00")).decision, "approved");
  const declined = await decide("100.01");
  assert.deepEqual([declined.decision, declined.decision_rationale.code], ["declined", "NSF"]);
  const { id } = await decide("1.00");
  const { transfer: made } = await transfer(world, item);
  world.sandbox.advance(hours(1));
  const late = { access_token: item.access_token, account_id: item.account("0000"), authorization_id: id };
  assert.match(await world.error("/transfer/create", { ...late, description: "Late" }), /expired/);
  world.sandbox.advance(days(2));
  const { transfer: now } = await world.ok("/transfer/get", { transfer_id: made.id });
  assert.equal(now.status, "settled");
});

test("an asset report, its PDF and its audit copy", async () => {
  const world = new World();
  const { access_token } = await world.item({}, products);
  const { asset_report_token } = await world.ok("/asset_report/create", {
    access_tokens: [access_token],
    days_requested: 60,
  });
  const { report } = await world.ok("/asset_report/get", { asset_report_token, include_insights: true });
  assert.ok(report.items[0].accounts[0].transactions.every(({ name }) => name));
  const pdf = await world.send("/asset_report/pdf/get", { asset_report_token });
  assert.equal(pdf.headers.get("content-type"), "application/pdf");
  assert.match(await pdf.text(), /^%PDF-/);
  const { audit_copy_token } = await world.ok("/asset_report/audit_copy/create", { asset_report_token });
  await world.ok("/asset_report/remove", { asset_report_token });
  assert.match(
    await world.error("/asset_report/audit_copy/get", { audit_copy_token }),
    /INVALID_AUDIT_COPY_TOKEN/,
  );
});

test("respond, coverage and seed", async () => {
  const world = new World({ seed: 7 });
  world.sandbox.respond("/unknown/path", { hello: 1 }, { status: 201 });
  const response = await world.send("/unknown/path", {});
  assert.equal(response.status, 201);
  const body = await response.json();
  assert.deepEqual([body.hello, typeof body.request_id], [1, "string"]);
  assert.equal((await world.send("/unknown/path", {})).status, 404);
  const coverage = world.sandbox.coverage();
  assert.equal(coverage["/transactions/sync"], "modelled");
  assert.equal(coverage["/unknown/path"], undefined);
  const ids = async () => (await new World({ seed: 7 }).item()).accounts.map(({ account_id }) => account_id);
  assert.deepEqual(await ids(), await ids());
  assert.notDeepEqual(
    await ids(),
    (await new World({ seed: 8 }).item()).accounts.map((a) => a.account_id),
  );
});

test("a refund takes no more than is left, is cancelled or settles, and shows in the events", async () => {
  const world = new World();
  const item = await world.item({}, products);
  const { transfer: made } = await transfer(world, item, { amount: "10.00" });
  const request = (amount, idempotency_key) => ({ transfer_id: made.id, amount, idempotency_key });
  const create = async (...args) => (await world.ok("/transfer/refund/create", request(...args))).refund;
  const first = await create("6.00", "a");
  assert.equal((await create("6.00", "a")).id, first.id);
  assert.match(await world.error("/transfer/refund/create", request("4.01", "b")), /amount must not exceed/);
  await world.ok("/transfer/refund/cancel", { refund_id: first.id });
  assert.match(await world.error("/transfer/refund/cancel", { refund_id: first.id }), /INVALID_FIELD/);
  const second = await create("10.00", "c");
  const simulate = (event_type) => ({ refund_id: second.id, event_type });
  assert.match(
    await world.error("/sandbox/transfer/refund/simulate", simulate("refund.settled")),
    /SANDBOX_TRANSFER_EVENT_TRANSITION_INVALID/,
  );
  await world.ok("/sandbox/transfer/refund/simulate", simulate("refund.posted"));
  await world.ok("/sandbox/transfer/refund/simulate", simulate("refund.settled"));
  assert.equal((await world.ok("/transfer/refund/get", { refund_id: second.id })).refund.status, "settled");
  const { transfer: now } = await world.ok("/transfer/get", { transfer_id: made.id });
  assert.deepEqual(
    now.refunds.map(({ status }) => status),
    ["cancelled", "settled"],
  );
  const { transfer_events } = await world.ok("/transfer/event/list", { transfer_id: made.id });
  assert.deepEqual(transfer_events.map(({ event_type }) => event_type).reverse(), [
    "pending",
    "refund.pending",
    "refund.cancelled",
    "refund.pending",
    "refund.posted",
    "refund.settled",
  ]);
  assert.equal(transfer_events[0].refund_id, second.id);
});

test("a ledger is filled, distributed and emptied", async () => {
  const world = new World();
  const balance = async (ledger_id) => {
    const { balance } = await world.ok("/transfer/ledger/get", { ledger_id });
    return [balance.available, balance.pending];
  };
  const { ledger_id, is_default } = await world.ok("/transfer/ledger/get", {});
  assert.equal(is_default, true);
  const move = { amount: "50.00", network: "ach", idempotency_key: "a" };
  const { sweep } = await world.ok("/transfer/ledger/deposit", move);
  assert.equal((await world.ok("/transfer/ledger/deposit", move)).sweep.id, sweep.id);
  assert.equal(sweep.amount, "-50.00");
  assert.deepEqual(await balance(ledger_id), ["0.00", "50.00"]);
  const simulated = { sweep_id: sweep.id, event_type: "sweep.posted" };
  await world.ok("/sandbox/transfer/ledger/deposit/simulate", simulated);
  assert.equal((await world.ok("/transfer/sweep/get", { sweep_id: sweep.id })).sweep.status, "posted");
  await world.ok("/sandbox/transfer/ledger/simulate_available", {});
  const between = { from_ledger_id: ledger_id, to_ledger_id: "other", amount: "20.00", idempotency_key: "b" };
  await world.ok("/transfer/ledger/distribute", between);
  await world.ok("/transfer/ledger/distribute", between);
  assert.deepEqual(
    [await balance(ledger_id), await balance("other")],
    [
      ["30.00", "0.00"],
      ["20.00", "0.00"],
    ],
  );
  assert.match(
    await world.error("/transfer/ledger/withdraw", { ...move, amount: "30.01", idempotency_key: "c" }),
    /amount must not exceed the ledger's available balance/,
  );
  const withdrawn = await world.ok("/transfer/ledger/withdraw", {
    ...move,
    amount: "30.00",
    idempotency_key: "d",
  });
  assert.deepEqual(await balance(ledger_id), ["0.00", "0.00"]);
  const failed = { sweep_id: withdrawn.sweep.id, event_type: "sweep.failed" };
  await world.ok("/sandbox/transfer/ledger/withdraw/simulate", failed);
  assert.deepEqual(await balance(ledger_id), ["30.00", "0.00"]);

  const item = await world.item({}, products);
  const { transfer: debit } = await transfer(world, item, { amount: "5.00" });
  for (const event_type of ["posted", "settled", "funds_available"]) {
    await world.ok("/sandbox/transfer/simulate", { transfer_id: debit.id, event_type });
  }
  assert.deepEqual(await balance(ledger_id), ["35.00", "0.00"]);
});

test("a recurring transfer has its next day, and is cancelled once", async () => {
  const world = new World(); // on Wednesday, March 4
  const item = await world.item({}, products);
  let keys = 0;
  const create = (schedule, fields) => ({
    ...authorizationRequest(item),
    description: "Rent",
    idempotency_key: String(keys++),
    schedule: { interval_count: 1, start_date: "2026-01-01", ...schedule },
    ...fields,
  });
  const next = async (...args) => {
    const { recurring_transfer } = await world.ok("/transfer/recurring/create", create(...args));
    return recurring_transfer.next_origination_date;
  };
  const week = { interval_unit: "week", interval_execution_day: 1 };
  assert.equal(await next(week), "2026-03-09");
  assert.equal(await next({ ...week, interval_execution_day: 3 }), "2026-03-04");
  assert.equal(await next({ ...week, end_date: "2026-03-08" }), null);
  assert.equal(await next({ interval_unit: "month", interval_execution_day: 1 }), "2026-04-01");
  assert.equal(await next({ interval_unit: "month", interval_execution_day: -1 }), "2026-03-31");
  assert.match(
    await world.error("/transfer/recurring/create", create({ ...week, interval_execution_day: 7 })),
    /schedule.interval_execution_day must be/,
  );
  const declined = await world.ok("/transfer/recurring/create", create(week, { amount: "101.00" }));
  assert.deepEqual([declined.decision, declined.recurring_transfer], ["declined", undefined]);
  const listed = await world.ok("/transfer/recurring/list", { count: 2 });
  assert.equal(listed.recurring_transfers.length, 2);
  const { recurring_transfer_id } = listed.recurring_transfers[0];
  await world.ok("/transfer/recurring/cancel", { recurring_transfer_id });
  const { recurring_transfer } = await world.ok("/transfer/recurring/get", { recurring_transfer_id });
  assert.equal(recurring_transfer.status, "cancelled");
  assert.match(
    await world.error("/transfer/recurring/cancel", { recurring_transfer_id }),
    /must be of an active recurring transfer/,
  );
});

test("the rest of Transfer: capabilities, configuration, cancelled authorizations, brought accounts", async () => {
  const world = new World();
  const item = await world.item({}, products);
  await world.ok("/transfer/configuration/get", {});
  const { access_token } = item;
  await world.ok("/transfer/capabilities/get", { access_token, account_id: item.account("0000") });
  const { authorization } = await world.ok("/transfer/authorization/create", authorizationRequest(item));
  const { id: authorization_id } = authorization;
  await world.ok("/transfer/authorization/cancel", { authorization_id });
  const late = { access_token, account_id: item.account("0000"), authorization_id, description: "Late" };
  assert.match(await world.error("/transfer/create", late), /could not find an authorization/);
  const brought = { account_number: "100000000", routing_number: "121122676", account_type: "checking" };
  assert.match((await world.ok("/transfer/migrate_account", brought)).access_token, /^access-sandbox-/);
  assert.match(await world.error("/bank_transfer/sweep/get", { sweep_id: "x" }), /INVALID_FIELD/);
});

test("with typed, Plaid's other paths get the least that the types allow, and are marked", async () => {
  const strict = new World();
  assert.match(await strict.error("/beacon/user/get", { beacon_user_id: "x" }), /^404 /);
  const world = new World({ typed: true });
  const coverage = world.sandbox.coverage();
  const typed = Object.keys(coverage).filter((path) => coverage[path] === "typed");
  assert.ok(typed.length > 100);
  assert.ok(typed.every((path) => !(path in strict.sandbox.coverage())));
  assert.equal(coverage["/auth/get"], "modelled");
  for (const path of typed) {
    const response = await world.send(path, {});
    assert.deepEqual([response.status, response.headers.get("plaid-edge-coverage")], [200, "typed"], path);
    const problem = validateResponse(path, await response.json());
    // An endpoint that gives a file or nothing has no schema.
    assert.ok(problem === null || /has no such type/.test(problem), problem);
  }
  const modelled = await world.send("/item/get", { access_token: "x" });
  assert.equal(modelled.headers.get("plaid-edge-coverage"), null);
  const wrong = { headers: { "PLAID-SECRET": "wrong" } };
  assert.match(await world.error("/beacon/user/get", {}, wrong), /INVALID_API_KEYS/);
  assert.match(await world.error("/no/such/path", {}), /^404 /);
  world.sandbox.reset();
  assert.equal((await world.send("/beacon/user/get", {})).status, 200);
});

test("the dynamic user has half a year of wages, bills and subscriptions", async () => {
  const world = new World();
  const options = { ...dynamic, transactions: { days_requested: 180 } };
  const { access_token } = await world.item(options, products);
  const { inflow_streams, outflow_streams } = await world.ok("/transactions/recurring/get", { access_token });
  const count = (streams, name) =>
    streams.find(({ description }) => description === name).transaction_ids.length;
  assert.equal(count(inflow_streams, "PAYROLL ACME CORP"), 12);
  assert.equal(count(outflow_streams, "Netflix"), 6);
});
