// user_custom: accounts, numbers, owners and transactions as its password says, and clear words where it can't be.

import assert from "node:assert/strict";
import { test } from "node:test";
import { days, World } from "./world.js";

const options = (custom, more) => ({
  override_username: "user_custom",
  override_password: typeof custom === "string" ? custom : JSON.stringify(custom),
  ...more,
});

test("accounts are as the custom user describes them", async () => {
  const world = new World();
  const override_accounts = [
    { type: "depository", subtype: "checking", starting_balance: 50000 },
    {
      type: "depository",
      subtype: "savings",
      starting_balance: 12.5,
      force_available_balance: 2,
      currency: "EUR",
      meta: { name: "Rainy day", official_name: "Rainy Day Saver", mask: "x9" },
    },
    { type: "credit", starting_balance: 100, meta: { limit: 1000 } },
    { type: "loan", subtype: "mortgage", starting_balance: 9, has_null_available_balance: true },
    { type: "investment" },
  ];
  const { accounts } = await world.item(options({ version: "2", override_accounts }));
  const seen = accounts.map(({ name, official_name, mask, type, subtype, balances }) => [
    ...[name, official_name, mask, type, subtype],
    ...[balances.current, balances.available, balances.limit, balances.iso_currency_code],
  ]);
  assert.deepEqual(seen, [
    ["Plaid Checking", null, "0000", "depository", "checking", 50000, 50000, null, "USD"],
    ["Rainy day", "Rainy Day Saver", "x9", "depository", "savings", 12.5, 2, null, "EUR"],
    ["Plaid Credit Card", null, "2222", "credit", "credit card", 100, 900, 1000, "USD"],
    ["Plaid Mortgage", null, "3333", "loan", "mortgage", 9, null, null, "USD"],
    ["Plaid brokerage", null, "4444", "investment", "brokerage", 0, null, null, "USD"],
  ]);
});

test("numbers and owners are its own, and the ordinary ones where it has none", async () => {
  const world = new World();
  const address = { primary: true, data: { street: "1 Main St", city: "Pawnee" } };
  const override_accounts = [
    {
      type: "depository",
      numbers: { account: "1234567", ach_routing: "322271627" },
      identity: {
        names: ["Leslie Knope"],
        emails: [{ data: "leslie@example.com", primary: true, type: "primary" }],
        addresses: [address],
      },
    },
    { type: "depository", subtype: "savings" },
    { type: "depository", subtype: "hsa" },
  ];
  const { access_token } = await world.item(options({ override_accounts }));
  const { numbers } = await world.ok("/auth/get", { access_token });
  assert.deepEqual(
    numbers.ach.map(({ account, routing, wire_routing }) => [account, routing, wire_routing]),
    [
      ["1234567", "322271627", "021000021"],
      ["1111222233331111", "011401533", "021000021"],
    ],
  );
  const { accounts } = await world.ok("/identity/get", { access_token });
  const owners = accounts.map(({ owners }) => owners[0]);
  assert.deepEqual(
    owners.map(({ names }) => names),
    [["Leslie Knope"], ["Leslie Knope"], ["Leslie Knope"]],
  );
  assert.deepEqual(
    owners[0].emails.map(({ data }) => data),
    ["leslie@example.com"],
  );
  assert.deepEqual(owners[0].addresses[0].data, {
    street: "1 Main St",
    city: "Pawnee",
    region: null,
    postal_code: null,
    country: null,
  });
  assert.equal(owners[0].phone_numbers.length, 3);
  assert.equal(owners[1].emails.length, 3);
});

test("transactions are its own, and future ones are pending until their day", async () => {
  const world = new World();
  const row = (date_transacted, date_posted, amount, description) => ({
    ...{ date_transacted, date_posted, amount, description },
  });
  const transactions = [
    row("2026-02-01", "2026-02-02", 12.34, "Coffee"),
    row("2026-03-03", "2026-03-06", -100, "Refund"),
    row("2020-01-01", "2020-01-01", 1, "Too old to be seen"),
  ];
  const override_accounts = [{ type: "depository", starting_balance: 1, transactions }, { type: "credit" }];
  const { access_token, accounts } = await world.item(options({ override_accounts }), ["transactions"]);
  const read = async () => {
    const range = { start_date: "2020-01-01", end_date: "2026-12-31" };
    const { transactions } = await world.ok("/transactions/get", { access_token, ...range });
    return transactions;
  };
  const short = (rows) => rows.map(({ name, amount, date, pending }) => [name, amount, date, pending]);
  const before = await read();
  assert.deepEqual(short(before), [
    ["Refund", -100, "2026-03-03", true],
    ["Coffee", 12.34, "2026-02-02", false],
  ]);
  assert.equal(before[0].account_id, accounts[0].account_id);
  world.sandbox.advance(days(1));
  assert.equal((await read())[0].pending, true);
  world.sandbox.advance(days(1));
  const [posted] = await read();
  assert.deepEqual(short([posted]), [["Refund", -100, "2026-03-06", false]]);
  assert.equal(posted.pending_transaction_id, before[0].transaction_id);
});

test("Link takes a custom user, and its account filters hold", async () => {
  const world = new World();
  const account_filters = { depository: { account_subtypes: ["savings"] } };
  const link_token = await world.linkToken({ account_filters });
  const override_accounts = ["checking", "savings"].map((subtype) => ({ type: "depository", subtype }));
  const { metadata } = await world.ok("/sandbox/plaid_edge/link/complete", {
    ...{ link_token, username: "user_custom", password: JSON.stringify({ override_accounts }) },
  });
  assert.deepEqual(
    metadata.accounts.map(({ subtype }) => subtype),
    ["savings"],
  );
});

test("a custom user of nothing has the ordinary accounts", async () => {
  const world = new World();
  assert.equal((await world.item(options({}))).accounts.length, (await world.item()).accounts.length);
});

test("what is wrong or not supported of a custom user is said", async () => {
  const world = new World();
  const accounts = (...override_accounts) => ({ override_accounts });
  const account = (fields) => accounts({ type: "depository", ...fields });
  const many = Array(251).fill({
    ...{ date_transacted: "2026-01-01", date_posted: "2026-01-01", amount: 1, description: "x" },
  });
  const wrong = [
    ["{", "of user_custom must be a JSON object"],
    [{ mfa: { type: "device" } }, ": this sandbox does not support mfa of a custom user"],
    [
      account({ holdings: [], numbers: { bacs_sort_code: "1" } }),
      ": this sandbox does not support override_accounts[0].holdings, override_accounts[0].numbers.bacs_sort_code",
    ],
    [accounts(), ": override_accounts must be a non-empty array"],
    [accounts(...Array(11).fill({ type: "other" })), ": override_accounts must have at most 10 elements"],
    [accounts({}), ": the following required fields are missing: override_accounts[0].type"],
    [accounts({ type: "payroll" }), ": override_accounts[0].type must be one of: depository, credit"],
    [account({ subtype: "mortgage" }), ": override_accounts[0].subtype must be one of: checking, savings"],
    [account({ starting_balance: "1" }), ": override_accounts[0].starting_balance must be a number"],
    [account({ currency: "usd" }), ": override_accounts[0].currency must be a currency code"],
    [account({ meta: { mask: "1" } }), ": override_accounts[0].meta.mask must be empty or 2 to 4 letters"],
    [
      account({ numbers: { ach_routing: "123456789" } }),
      ": override_accounts[0].numbers.ach_routing must be a routing number of nine digits",
    ],
    [
      account({ force_available_balance: 1, has_null_available_balance: false }),
      ": override_accounts[0] must have one of force_available_balance and",
    ],
    [account({ transactions: many }), ": a custom user must have at most 250 transactions"],
    [account({ transactions: [{}] }), ": the following required fields are missing: override_accounts[0].tr"],
    [
      account({
        transactions: [
          { date_transacted: "2026-01-02", date_posted: "2026-01-01", amount: 1, description: "x" },
        ],
      }),
      ": override_accounts[0].transactions[0].date_posted must not be before date_transacted",
    ],
    [{ seed: "x".repeat(55_000) }, ": a custom user must have at most 55000 bytes"],
  ];
  for (const [custom, message] of wrong) {
    const request = { institution_id: "ins_109508", initial_products: ["auth"], options: options(custom) };
    const error = await world.error("/sandbox/public_token/create", request);
    const expected = `400 INVALID_REQUEST/INVALID_FIELD: options.override_password${message.startsWith(":") ? "" : " "}${message}`;
    assert.ok(error.startsWith(expected), error);
  }
  const force_error = options({ force_error: "ITEM_LOCKED" });
  const request = { institution_id: "ins_109508", initial_products: ["auth"], options: force_error };
  assert.match(await world.error("/sandbox/public_token/create", request), /ITEM_ERROR\/ITEM_LOCKED/);
});
