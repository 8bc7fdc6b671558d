// Items: linked, read, broken, repaired, removed; and their tokens.

import assert from "node:assert/strict";
import { test } from "node:test";
import { World, days, minutes } from "./world.js";

const loginRequired = /^400 ITEM_ERROR\/ITEM_LOGIN_REQUIRED: the login details of this item have changed/;

test("an Item is linked and read", async () => {
  const world = new World();
  const { access_token, item_id } = await world.item({ webhook: "https://example.com/hook" }, [
    "auth",
    "transactions",
  ]);
  assert.match(access_token, /^access-sandbox-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  assert.match(item_id, /^[0-9A-Za-z]{37}$/);
  const { item, status } = await world.ok("/item/get", { access_token });
  assert.equal(item.item_id, item_id);
  assert.equal(item.institution_id, "ins_109508");
  assert.equal(item.institution_name, "First Platypus Bank");
  assert.equal(item.webhook, "https://example.com/hook");
  assert.equal(item.error, null);
  assert.deepEqual(item.billed_products, ["auth", "transactions"]);
  assert.ok(item.available_products.includes("identity") && !item.available_products.includes("auth"));
  assert.equal(item.created_at, "2026-03-04T05:06:07Z");
  assert.equal(status.last_webhook, null);
  assert.equal(status.investments, null);
});

test("a public token is used once, and only for thirty minutes", async () => {
  const world = new World();
  const exchange = "/item/public_token/exchange";
  const used = await world.publicToken();
  await world.ok(exchange, { public_token: used });
  const unknown = "400 INVALID_INPUT/INVALID_PUBLIC_TOKEN: could not find matching public token";
  assert.equal(await world.error(exchange, { public_token: used }), unknown);
  const [late, inTime] = [await world.publicToken(), await world.publicToken()];
  world.now += minutes(30) - 1;
  await world.ok(exchange, { public_token: inTime });
  world.now += 1;
  assert.match(
    await world.error(exchange, { public_token: late }),
    /INVALID_PUBLIC_TOKEN: provided public token is expired/,
  );
});

test("tokens that are malformed or another environment's are told apart from unknown ones", async () => {
  const world = new World();
  const error = async (path, body) => (await world.error(path, body)).replace(/^400 INVALID_INPUT\//, "");
  const uuid = "de3ce8ef-33f8-452c-a685-8671031fc0f6";
  const get = (access_token) => error("/item/get", { access_token });
  assert.equal(
    await get("nonsense"),
    "INVALID_ACCESS_TOKEN: provided access token is in an invalid format. expected format: access-<environment>-<identifier>",
  );
  assert.equal(
    await get(`access-sandbox-${uuid}`),
    "INVALID_ACCESS_TOKEN: could not find matching access token",
  );
  assert.equal(
    await get(`access-production-${uuid}`),
    'INVALID_ACCESS_TOKEN: provided access token is for the wrong Plaid environment. expected "sandbox", got "production"',
  );
  const exchange = (public_token) => error("/item/public_token/exchange", { public_token });
  assert.match(await exchange("nonsense"), /expected format: public-<environment>-<identifier>$/);
  assert.equal(
    await exchange(`public-sandbox-${uuid}`),
    "INVALID_PUBLIC_TOKEN: could not find matching public token",
  );
});

test("a broken login stops the data until update mode repairs it", async () => {
  const world = new World();
  const { access_token, item_id, accounts } = await world.item();
  assert.equal((await world.ok("/sandbox/item/reset_login", { access_token })).reset_login, true);
  for (const path of ["/accounts/get", "/auth/get", "/identity/get"]) {
    assert.match(await world.error(path, { access_token }), loginRequired);
  }
  const { item } = await world.ok("/item/get", { access_token });
  assert.equal(item.error.error_code, "ITEM_LOGIN_REQUIRED");

  const link_token = await world.linkToken({ access_token, products: undefined });
  const done = await world.ok("/sandbox/plaid_edge/link/complete", { link_token });
  assert.match(done.public_token, /^public-sandbox-/);
  const repaired = await world.ok("/accounts/get", { access_token });
  assert.equal(repaired.item.item_id, item_id);
  assert.deepEqual(repaired.accounts, accounts);
});

test("a login goes bad by itself after thirty days", async () => {
  const world = new World();
  const { access_token } = await world.item();
  world.now += days(30) - 1;
  await world.ok("/auth/get", { access_token });
  world.now += 1;
  assert.match(await world.error("/auth/get", { access_token }), loginRequired);
});

test("a removed Item is not found", async () => {
  const world = new World();
  const { access_token } = await world.item();
  await world.ok("/item/remove", { access_token, reason_code: "OTHER", reason_note: "done" });
  for (const path of ["/item/get", "/item/remove", "/auth/get", "/sandbox/item/reset_login"]) {
    assert.match(await world.error(path, { access_token }), /^400 ITEM_ERROR\/ITEM_NOT_FOUND: /);
  }
  const note = "x".repeat(513);
  assert.match(await world.error("/item/remove", { access_token, reason_note: note }), /reason_note must be/);
});

test("a rotated access token gives way to the new one", async () => {
  const world = new World();
  const { access_token, item_id } = await world.item();
  const { new_access_token } = await world.ok("/item/access_token/invalidate", { access_token });
  assert.match(await world.error("/item/get", { access_token }), /INVALID_ACCESS_TOKEN/);
  const { item } = await world.ok("/item/get", { access_token: new_access_token });
  assert.equal(item.item_id, item_id);
});

test("an Item's webhook can be changed and taken away", async () => {
  const world = new World();
  const { access_token } = await world.item();
  const webhook = "https://example.com/other";
  assert.equal((await world.ok("/item/webhook/update", { access_token, webhook })).item.webhook, webhook);
  const { status } = await world.ok("/item/get", { access_token });
  assert.deepEqual(status.last_webhook, {
    sent_at: "2026-03-04T05:06:07Z",
    code_sent: "WEBHOOK_UPDATE_ACKNOWLEDGED",
  });
  assert.equal((await world.ok("/item/webhook/update", { access_token, webhook: null })).item.webhook, null);
  assert.match(
    await world.error("/item/webhook/update", { access_token, webhook: "nowhere" }),
    /a valid URL/,
  );
});

test("passwords and institutions force errors", async () => {
  const world = new World();
  const create = (options, institution_id = "ins_109508") =>
    world.error("/sandbox/public_token/create", { institution_id, initial_products: ["auth"], options });
  const password = (override_password) => create({ override_password });
  assert.match(await password("error_ITEM_LOCKED"), /^400 ITEM_ERROR\/ITEM_LOCKED: the account is locked/);
  assert.match(await password("error_INSTITUTION_DOWN"), /^400 INSTITUTION_ERROR\/INSTITUTION_DOWN/);
  assert.match(await password("error_SOMETHING_NEW"), /^400 ITEM_ERROR\/SOMETHING_NEW/);
  assert.match(await password("wrong"), /ITEM_ERROR\/INVALID_CREDENTIALS/);
  assert.match(await create({ override_username: "nobody" }), /INVALID_CREDENTIALS/);
  assert.match(await create({}, "ins_132361"), /INSTITUTION_DOWN/);
  assert.equal(
    await create({}, "ins_0"),
    "400 INVALID_INPUT/INVALID_INSTITUTION: invalid institution_id provided",
  );
  await world.publicToken({ override_username: "user_good", override_password: "pass_good" });
  await world.publicToken({ override_username: "user_custom", override_password: "{}" });
});

test("sandboxes share nothing", async () => {
  const { access_token } = await new World().item();
  assert.match(await new World().error("/item/get", { access_token }), /INVALID_ACCESS_TOKEN/);
});
