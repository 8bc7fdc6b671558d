// Link tokens, and the stand-in for Link's dialog.

import assert from "node:assert/strict";
import { test } from "node:test";
import { World, hours, linkTokenRequest, minutes } from "./world.js";

const create = "/link/token/create";
const get = "/link/token/get";
const open = "/sandbox/plaid_edge/link/open";
const complete = "/sandbox/plaid_edge/link/complete";

test("a link token lasts four hours; for an Item, half an hour; hosted, as long as asked", async () => {
  const world = new World();
  const expiration = async (fields) => (await world.ok(create, linkTokenRequest(fields))).expiration;
  assert.equal(await expiration(), "2026-03-04T09:06:07Z");
  const { access_token } = await world.item();
  assert.equal(await expiration({ access_token, products: undefined }), "2026-03-04T05:36:07Z");
  assert.equal(await expiration({ hosted_link: {} }), "2026-03-04T05:36:07Z");
  assert.equal(await expiration({ hosted_link: { url_lifetime_seconds: 60 } }), "2026-03-04T05:07:07Z");
});

test("a hosted session has a URL", async () => {
  const world = new World();
  const hosted = await world.ok(create, linkTokenRequest({ hosted_link: { is_mobile_app: true } }));
  assert.match(hosted.hosted_link_url, /^https:\/\/secure\.plaid\.com\/link\/[0-9a-z]+$/);
  assert.equal("hosted_link_url" in (await world.ok(create, linkTokenRequest())), false);
});

test("every field of Plaid's request is taken", async () => {
  const world = new World();
  await world.ok(
    create,
    linkTokenRequest({
      user: {
        client_user_id: "user-1",
        legal_name: "A B",
        name: { given_name: "A", family_name: "B" },
        phone_number: "+14155550123",
        email_address: "a@example.com",
        date_of_birth: "1990-01-31",
        address: { street: "1 Main", city: "X", region: "CA", postal_code: "94000", country: "US" },
        id_number: { value: "1", type: "us_ssn" },
      },
      required_if_supported_products: ["identity"],
      optional_products: ["transactions"],
      additional_consented_products: ["liabilities"],
      webhook: "https://example.com/hook",
      access_token: null,
      link_customization_name: "default",
      redirect_uri: "https://example.com/return",
      institution_data: { routing_number: "021000021" },
      account_filters: {
        depository: { account_subtypes: ["checking", "savings"] },
        credit: { account_subtypes: ["all"] },
      },
      auth: { automated_microdeposits_enabled: true, reroute_to_credentials: "OFF" },
      transfer: { intent_id: "x" },
      update: { account_selection_enabled: false, item_ids: null },
      hosted_link: { delivery_method: "sms", completion_redirect_uri: "app://done" },
      transactions: { days_requested: 730 },
      identity: { is_document_upload: false, account_ids: ["x"], parsing_configs: ["ocr"] },
      statements: { start_date: "2026-01-01", end_date: "2026-02-01" },
      investments: { allow_unverified_crypto_wallets: true },
      enable_multi_item_link: true,
    }),
  );
});

test("a request that Plaid would refuse is refused", async () => {
  const world = new World();
  const error = async (fields) => (await world.error(create, linkTokenRequest(fields))).replace(/^.*?\//, "");
  assert.equal(
    await error({ user: undefined }),
    "MISSING_FIELDS: the following required fields are missing: user",
  );
  const { user_id } = await world.ok("/user/create", { client_user_id: "user-1" });
  await world.ok(create, linkTokenRequest({ user: undefined, user_id }));
  assert.match(
    await world.error(create, linkTokenRequest({ user: undefined, user_id: "usr_1" })),
    /^400 INVALID_INPUT\/INVALID_USER_ID: could not find matching user$/,
  );
  assert.equal(await error({ products: undefined }), "INVALID_FIELD: products must be a non-empty array");
  assert.equal(await error({ products: [] }), "INVALID_FIELD: products must be a non-empty array");
  assert.match(await error({ products: ["balance"] }), /products must not contain balance/);
  assert.equal(
    await error({ optional_products: ["auth"] }),
    "INVALID_FIELD: optional_products and products must not both contain auth",
  );
  assert.match(await error({ redirect_uri: "https://example.com/?a=b" }), /query string/);
  assert.match(
    await error({ redirect_uri: "https://a.b", android_package_name: "c" }),
    /must not both be set/,
  );
  assert.match(await error({ transactions: { days_requested: 731 } }), /between 1 and 730/);
  assert.match(
    await error({ hosted_link: { url_lifetime_seconds: 21 * 86400 + 1 } }),
    /between 1 and 1814400/,
  );
  assert.match(
    await error({ account_filters: { depository: { account_subtypes: ["student"] } } }),
    /one of: checking/,
  );
  assert.match(await error({ access_token: "nonsense" }), /INVALID_ACCESS_TOKEN/);
  assert.match(await error({ client_name: "" }), /client_name must be a non-empty string/);
});

test("a link token of a removed Item is refused", async () => {
  const world = new World();
  const { access_token } = await world.item();
  const link_token = await world.linkToken({ access_token, products: undefined });
  await world.ok("/item/remove", { access_token });
  assert.match(await world.error(create, linkTokenRequest({ access_token })), /ITEM_NOT_FOUND/);
  assert.match(await world.error(complete, { link_token }), /ITEM_NOT_FOUND/);
});

test("a link token tells what it was made with", async () => {
  const world = new World();
  const account_filters = { depository: { account_subtypes: ["checking"] } };
  const link_token = await world.linkToken({ webhook: "https://example.com/hook", account_filters });
  const answer = await world.ok(get, { link_token });
  assert.equal(answer.created_at, "2026-03-04T05:06:07Z");
  assert.equal(answer.expiration, "2026-03-04T09:06:07Z");
  assert.deepEqual(answer.metadata, {
    initial_products: ["auth"],
    webhook: "https://example.com/hook",
    country_codes: ["US"],
    language: "en",
    client_name: "Test",
    redirect_uri: null,
    account_filters,
  });
  assert.equal("link_sessions" in answer, false);
  assert.match(await world.error(get, { link_token: "nonsense" }), /INVALID_FIELD: link_token must be/);
  const unknown = "link-sandbox-de3ce8ef-33f8-452c-a685-8671031fc0f6";
  assert.match(
    await world.error(get, { link_token: unknown }),
    /INVALID_LINK_TOKEN: invalid link_token provided/,
  );
});

test("completing Link gives a public token and the metadata of onSuccess", async () => {
  const world = new World();
  const link_token = await world.linkToken({
    account_filters: { depository: { account_subtypes: ["savings"] } },
  });
  const { public_token, metadata } = await world.ok(complete, { link_token, institution_id: "ins_109511" });
  assert.deepEqual(metadata.institution, { name: "Tartan Bank", institution_id: "ins_109511" });
  const { access_token } = await world.ok("/item/public_token/exchange", { public_token });
  const { accounts, item } = await world.ok("/accounts/get", { access_token });
  assert.deepEqual(
    accounts.map(({ mask }) => mask),
    ["1111"],
  );
  assert.equal(metadata.accounts[0].id, accounts[0].account_id);
  assert.deepEqual(item.billed_products, ["auth"]);
  const { link_sessions } = await world.ok(get, { link_token });
  assert.equal(link_sessions[0].link_session_id, metadata.link_session_id);
  assert.equal(link_sessions[0].results.item_add_results[0].public_token, public_token);
});

test("opening Link tells what it shows, and the session keeps its id", async () => {
  const world = new World();
  const link_token = await world.linkToken();
  const opened = await world.ok(open, { link_token });
  assert.deepEqual([opened.client_name, opened.is_update_mode], ["Test", false]);
  assert.deepEqual(opened.institutions[0], { name: "First Platypus Bank", institution_id: "ins_109508" });
  const { link_session_id } = opened;
  const { metadata } = await world.ok(complete, { link_token, link_session_id });
  assert.equal(metadata.link_session_id, link_session_id);
  assert.match(await world.error(open, { link_token }), /INVALID_LINK_TOKEN/);

  const { access_token } = await world.item();
  const update = await world.linkToken({ access_token, products: undefined });
  const { is_update_mode, institutions } = await world.ok(open, { link_token: update });
  assert.deepEqual([is_update_mode, institutions.length], [true, 1]);
  await world.ok("/item/remove", { access_token });
  assert.match(await world.error(open, { link_token: update }), /ITEM_NOT_FOUND/);
});

test("a link token is good for one success", async () => {
  const world = new World();
  const link_token = await world.linkToken();
  const failed = await world.error(complete, { link_token, password: "error_INVALID_MFA" });
  assert.match(failed, /ITEM_ERROR\/INVALID_MFA/);
  await world.ok(complete, { link_token, username: "user_good", password: "pass_good" });
  assert.match(await world.error(complete, { link_token }), /INVALID_LINK_TOKEN/);
});

test("an expired link token completes nothing", async () => {
  const world = new World();
  const { access_token } = await world.item();
  const [normal, update] = [
    await world.linkToken(),
    await world.linkToken({ access_token, products: undefined }),
  ];
  world.now += minutes(30);
  assert.match(await world.error(complete, { link_token: update }), /INVALID_LINK_TOKEN/);
  world.now += hours(3.5);
  assert.match(await world.error(complete, { link_token: normal }), /INVALID_LINK_TOKEN/);
});

test("update mode logs in at the Item's own bank, and can fail", async () => {
  const world = new World();
  const { access_token } = await world.item();
  await world.ok("/sandbox/item/reset_login", { access_token });
  const link_token = await world.linkToken({ access_token, products: undefined });
  assert.match(await world.error(complete, { link_token, password: "error_ITEM_LOCKED" }), /ITEM_LOCKED/);
  assert.match(
    await world.error(complete, { link_token, institution_id: "ins_109511" }),
    /institution_id must be/,
  );
  assert.match(await world.error("/auth/get", { access_token }), /ITEM_LOGIN_REQUIRED/);
  await world.ok(complete, { link_token });
  await world.ok("/auth/get", { access_token });
});

test("filters that let no account through give no accounts", async () => {
  const world = new World();
  const link_token = await world.linkToken({ account_filters: { other: { account_subtypes: ["all"] } } });
  assert.match(await world.error(complete, { link_token }), /ITEM_ERROR\/NO_ACCOUNTS/);
});
