// Accounts, Auth and Identity: the test user's data, and the filter.

import assert from "node:assert/strict";
import { test } from "node:test";
import { World } from "./world.js";

test("the test user has Plaid's accounts", async () => {
  const world = new World();
  const { accounts } = await world.item();
  const checking = accounts.find(({ mask }) => mask === "0000");
  assert.deepEqual(
    { ...checking, account_id: "" },
    {
      account_id: "",
      balances: {
        available: 100,
        current: 110,
        limit: null,
        iso_currency_code: "USD",
        unofficial_currency_code: null,
      },
      holder_category: "personal",
      mask: "0000",
      name: "Plaid Checking",
      official_name: "Plaid Gold Standard 0% Interest Checking",
      subtype: "checking",
      type: "depository",
    },
  );
  assert.equal(new Set(accounts.map(({ account_id }) => account_id)).size, accounts.length);
});

test("the data is the same in every sandbox, but for the ids", async () => {
  const read = async () => {
    const world = new World();
    const { access_token } = await world.item();
    const { accounts } = await world.ok("/identity/get", { access_token });
    return accounts.map(({ account_id, ...account }) => (assert.equal(account_id.length, 37), account));
  };
  assert.deepEqual(await read(), await read());
});

test("Auth covers checking, savings and cash management accounts", async () => {
  const world = new World();
  const { access_token, account } = await world.item();
  const { accounts, numbers, item } = await world.ok("/auth/get", { access_token });
  assert.deepEqual(
    accounts.map(({ mask }) => mask),
    ["0000", "1111", "9002"],
  );
  assert.deepEqual(numbers, {
    ach: [
      ["0000", "1111222233330000"],
      ["1111", "1111222233331111"],
      ["9002", "1111222233339002"],
    ].map(([mask, number]) => ({
      account_id: account(mask),
      account: number,
      routing: "011401533",
      wire_routing: "021000021",
      is_tokenized_account_number: false,
    })),
    eft: [],
    international: [],
    bacs: [],
  });
  assert.equal(item.auth_method, "INSTANT_AUTH");
});

test("Identity gives every account its owner", async () => {
  const world = new World();
  const { access_token, accounts } = await world.item();
  const identity = await world.ok("/identity/get", { access_token });
  assert.equal(identity.accounts.length, accounts.length);
  for (const { owners } of identity.accounts) {
    assert.deepEqual(owners[0].names, ["Alberta Bobbeth Charleson"]);
    assert.equal(owners[0].emails[0].data, "accountholder0@example.com");
  }
  assert.deepEqual(identity.item.billed_products, ["auth", "identity"]);
});

test("account_ids choose accounts; foreign and malformed ones are errors", async () => {
  const world = new World();
  const item = await world.item();
  const other = await world.item();
  for (const path of ["/accounts/get", "/auth/get", "/identity/get"]) {
    const call = (ids) => ({ access_token: item.access_token, options: { account_ids: ids } });
    const masks = async (ids) => (await world.ok(path, call(ids))).accounts.map(({ mask }) => mask);
    assert.deepEqual(await masks([item.account("1111")]), ["1111"]);
    assert.deepEqual(await masks([item.account("1111"), item.account("0000")]), ["0000", "1111"]);
    assert.ok((await masks([])).length >= 3);
    assert.equal(
      await world.error(path, call([item.account("0000"), other.account("0000")])),
      "400 INVALID_INPUT/INVALID_ACCOUNT_ID: failed to find requested account ID for requested item",
    );
    assert.match(await world.error(path, call(["fake-not-real"])), /INVALID_REQUEST\/INVALID_FIELD/);
  }
});

test("Auth without an eligible account is an error", async () => {
  const world = new World();
  const { access_token, account } = await world.item();
  const options = { account_ids: [account("3333")] };
  const error = await world.error("/auth/get", { access_token, options });
  assert.match(error, /^400 ITEM_ERROR\/NO_AUTH_ACCOUNTS: There are no valid checking or savings/);
});

test("some banks give tokenized numbers and persistent ids", async () => {
  const world = new World();
  const link = async () => {
    const body = { institution_id: "ins_56", initial_products: ["auth"] };
    const { public_token } = await world.ok("/sandbox/public_token/create", body);
    const { access_token } = await world.ok("/item/public_token/exchange", { public_token });
    return world.ok("/auth/get", { access_token });
  };
  const [first, second] = [await link(), await link()];
  assert.equal(first.numbers.ach[0].is_tokenized_account_number, true);
  assert.match(first.accounts[0].persistent_account_id, /^[0-9a-f]{64}$/);
  assert.equal(first.accounts[0].persistent_account_id, second.accounts[0].persistent_account_id);
  assert.notEqual(first.accounts[0].account_id, second.accounts[0].account_id);
});
