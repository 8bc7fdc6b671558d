// Users, the reports about them, and processors, who read one account.

import assert from "node:assert/strict";
import { test } from "node:test";
import { World, linkTokenRequest } from "./world.js";

const identity = { name: { given_name: "Anna", family_name: "Charleston" }, date_of_birth: "1990-01-02" };
const consumer = {
  first_name: "Anna",
  last_name: "Charleston",
  phone_numbers: ["+14155550123"],
  emails: ["anna@example.com"],
  date_of_birth: "1990-01-02",
  primary_address: { city: "Malakoff", region: "NY", street: "1 Road", postal_code: "14236", country: "US" },
};

test("a user is kept, changed and removed together with the Items", async () => {
  const world = new World();
  const { user_id, user_token } = await world.ok("/user/create", { client_user_id: "a", identity });
  assert.equal(user_token, undefined);
  await world.ok("/user/update", { user_id, identity: { date_of_birth: "1991-01-02" } });
  const user = await world.ok("/user/get", { user_id });
  assert.deepEqual(user.identity, { ...identity, date_of_birth: "1991-01-02" });

  const link_token = await world.linkToken({ user_id });
  const { public_token } = await world.ok("/sandbox/plaid_edge/link/complete", { link_token });
  const { access_token, item_id } = await world.ok("/item/public_token/exchange", { public_token });
  const { items } = await world.ok("/user/items/get", { user_id });
  assert.deepEqual(
    items.map((item) => item.item_id),
    [item_id],
  );
  await world.ok("/user/remove", { user_id });
  assert.match(await world.error("/user/get", { user_id }), /INVALID_USER_ID/);
  assert.match(await world.error("/item/get", { access_token }), /ITEM_NOT_FOUND/);
});

test("an older client's user has a token, and only one kind of identity", async () => {
  const world = new World();
  const request = { client_user_id: "a", consumer_report_user_identity: consumer };
  const { user_token } = await world.ok("/user/create", request);
  assert.match(user_token, /^user-sandbox-/);
  await world.ok("/user/items/get", { user_token });
  assert.match(await world.error("/user/create", { ...request, identity }), /INVALID_FIELD/);
  const unknown = { user_token: "user-sandbox-11111111-2222-3333-4444-555555555555" };
  assert.match(await world.error("/user/items/get", unknown), /INVALID_INPUT\/INVALID_USER_TOKEN/);
});

test("consumer reports are about the user's Items", async () => {
  const world = new World();
  const { user_id } = await world.ok("/user/create", { client_user_id: "a", identity });
  const path = "/cra/check_report/base_report/get";
  assert.match(await world.error(path, { user_id }), /ITEM_ERROR\/PRODUCT_NOT_READY/);
  const link_token = await world.linkToken({ user_id, products: ["cra_base_report"] });
  const { public_token } = await world.ok("/sandbox/plaid_edge/link/complete", { link_token });
  const { item_id } = await world.ok("/item/public_token/exchange", { public_token });
  await world.item(); // somebody else's
  const { report } = await world.ok(path, { user_id });
  assert.deepEqual(
    report.items.map((item) => item.item_id),
    [item_id],
  );
  const checking = report.items[0].accounts.find(({ mask }) => mask === "0000");
  assert.ok(checking.transactions.length > 0);
  assert.deepEqual(checking.owners[0].names, ["Alberta Bobbeth Charleson"]);
  assert.ok(report.items[0].accounts.every(({ type }) => type !== "investment"));

  const again = await world.ok(path, { user_id });
  assert.equal(again.report.report_id, report.report_id);
  await world.ok("/cra/check_report/create", {
    user_id,
    webhook: "https://example.com/hook",
    days_requested: 180,
    consumer_report_permissible_purpose: "EXTENSION_OF_CREDIT",
  });
  const renewed = await world.ok(path, { user_id });
  assert.notEqual(renewed.report.report_id, report.report_id);
  assert.equal(renewed.report.days_requested, 180);

  const insights = await world.ok("/cra/check_report/income_insights/get", { user_id });
  const [stream] = insights.report.income_streams;
  assert.equal(stream.description, "INTRST PYMNT");
  const { monthly, annual } = stream.income_metrics.current;
  assert.ok(Math.abs(annual.net_income - 12 * monthly.net_income) < 0.1);
  await world.ok("/cra/check_report/partner_insights/get", { user_id });
  const pdf = await world.send("/cra/check_report/pdf/get", { user_id, add_ons: ["cra_income_insights"] });
  assert.equal(pdf.headers.get("content-type"), "application/pdf");
  assert.match(await pdf.text(), /^%PDF-[^]*cra_income_insights[^]*%%EOF\n$/);
});

test("a processor token reads one account of each product", async () => {
  const world = new World();
  const item = await world.item();
  const token = async (mask) => {
    const body = { access_token: item.access_token, account_id: item.account(mask), processor: "dwolla" };
    return (await world.ok("/processor/token/create", body)).processor_token;
  };
  const processor_token = await token("0000");
  const account_id = item.account("0000");
  for (const path of ["account", "auth", "balance", "identity"]) {
    const { account, item } = await world.ok(`/processor/${path}/get`, { processor_token });
    assert.deepEqual([account.account_id, item], [account_id, undefined]);
  }
  const { numbers } = await world.ok("/processor/auth/get", { processor_token });
  assert.equal(numbers.ach.account, "1111222233330000");

  const sync = (cursor) => world.ok("/processor/transactions/sync", { processor_token, cursor, count: 500 });
  assert.equal((await sync("")).transactions_update_status, "NOT_READY");
  const { added, account } = await sync("");
  assert.equal(account.account_id, account_id);
  assert.ok(added.length > 0 && added.every((row) => row.account_id === account_id));
  const range = { start_date: "2024-04-01", end_date: "2026-03-04" };
  const got = await world.ok("/processor/transactions/get", { processor_token, ...range });
  assert.equal(got.total_transactions, added.length);
  const { inflow_streams, outflow_streams } = await world.ok("/processor/transactions/recurring/get", {
    processor_token,
  });
  assert.ok([...inflow_streams, ...outflow_streams].every((stream) => stream.account_id === account_id));
  await world.ok("/processor/transactions/refresh", { processor_token });

  const evaluated = { processor_token, client_transaction_id: "t-1", amount: 12.34 };
  assert.equal((await world.ok("/processor/signal/evaluate", evaluated)).ruleset.result, "ACCEPT");
  const reported = { processor_token, client_transaction_id: "t-1" };
  await world.ok("/processor/signal/decision/report", { ...reported, initiated: true });
  await world.ok("/processor/signal/return/report", { ...reported, return_code: "R01" });
  await world.ok("/processor/signal/prepare", { processor_token });

  const invested = { processor_token: await token("5555") };
  const { holdings } = await world.ok("/processor/investments/holdings/get", invested);
  assert.ok(holdings.length > 0 && holdings.every((row) => row.account_id === item.account("5555")));
  await world.ok("/processor/investments/transactions/get", { ...invested, ...range });
  await world.ok("/processor/investments/auth/get", invested);
  const owed = await world.ok("/processor/liabilities/get", { processor_token: await token("7777") });
  assert.deepEqual([owed.liabilities.credit, owed.liabilities.student.length], [null, 1]);
});

test("what is wrong with a processor's request is said by its own name", async () => {
  const world = new World();
  const { processor_token } = await world.ok("/sandbox/processor_token/create", {
    institution_id: "ins_109508",
  });
  assert.match(await world.error("/processor/transactions/sync", {}), /MISSING_FIELDS: .*: processor_token$/);
  const unknown = { processor_token, access_token: "x" };
  assert.match(await world.error("/processor/auth/get", unknown), /UNKNOWN_FIELDS/);
  assert.match(
    await world.error("/processor/auth/get", { processor_token: "processor-sandbox-x" }),
    /INVALID_INPUT\/INVALID_PROCESSOR_TOKEN/,
  );
  // It is no access token.
  assert.match(await world.error("/auth/get", { access_token: processor_token }), /INVALID_ACCESS_TOKEN/);
  await world.ok("/processor/token/permissions/set", { processor_token, products: ["auth"] });
  const { products } = await world.ok("/processor/token/permissions/get", { processor_token });
  assert.deepEqual(products, ["auth"]);
  await world.ok("/processor/token/webhook/update", { processor_token, webhook: "https://example.com/" });
});

test("the dynamic user and the link token's days reach the Item through Link too", async () => {
  const world = new World();
  const request = linkTokenRequest({ products: ["transactions"], transactions: { days_requested: 30 } });
  const { link_token } = await world.ok("/link/token/create", request);
  const login = { link_token, username: "user_transactions_dynamic", password: "x" };
  const { public_token } = await world.ok("/sandbox/plaid_edge/link/complete", login);
  const { access_token } = await world.ok("/item/public_token/exchange", { public_token });
  await world.ok("/transactions/sync", { access_token });
  const { added } = await world.ok("/transactions/sync", { access_token, count: 500 });
  assert.equal(added.filter(({ pending }) => pending).length, 4);
  const oldest = new Date(world.now - 30 * 24 * 60 * 60_000).toISOString().slice(0, 10);
  assert.ok(added.every(({ date }) => date >= oldest));
});
