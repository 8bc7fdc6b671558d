// How requests are judged before an endpoint looks at them: route, headers, JSON, credentials, fields.

import assert from "node:assert/strict";
import { test } from "node:test";
import { World, linkTokenRequest } from "./world.js";

const key_id = "bfbd5111-8e33-4643-8ced-b2e642a72f3c";

test("an unknown path or another method is not found, and named", async () => {
  const world = new World();
  const notFound = "404 INVALID_REQUEST/NOT_FOUND: not found: the sandbox knows no ";
  assert.equal(await world.error("/nowhere", {}), `${notFound}POST /nowhere`);
  assert.equal(await world.error("/auth/get/", {}), `${notFound}POST /auth/get/`);
  const get = { method: "GET", body: undefined };
  assert.equal(await world.error("/auth/get", {}, get), `${notFound}GET /auth/get`);
});

test("the host and the query don't matter", async () => {
  const { sandbox } = new World();
  for (const url of ["http://localhost:1/item/get?a=b", new URL("https://example.com/item/get#x")]) {
    const response = await sandbox.fetch(url, { method: "POST" });
    assert.equal(response.status, 400);
  }
});

test("a body of more than a mebibyte is invalid", async () => {
  const world = new World();
  const body = (length) => JSON.stringify({ access_token: "x" }).padEnd(length);
  assert.match(await world.error("/item/get", body(1024 * 1024)), /INVALID_ACCESS_TOKEN/);
  assert.match(await world.error("/item/get", body(1024 * 1024 + 1)), /INVALID_BODY/);
  assert.deepEqual(world.sandbox.requests().at(-1), { path: "/item/get", body: null });
});

test("the content type must be JSON", async () => {
  const world = new World();
  const type = (type) => ({ headers: { "Content-Type": type } });
  const invalidBody = "400 INVALID_REQUEST/INVALID_BODY: body could not be parsed as JSON";
  assert.equal(await world.error("/item/get", {}, type("text/plain")), invalidBody);
  assert.match(
    await world.error("/item/get", new Uint8Array([123, 125]), {
      headers: undefined,
      body: new Uint8Array(2),
    }),
    /INVALID_BODY/,
  );
  assert.match(
    await world.error("/item/get", { access_token: "x" }, type("application/json; charset=utf-8")),
    /INVALID_ACCESS_TOKEN/,
  );
  const bare = await world.sandbox.fetch("https://a.test/item/get", { method: "POST" });
  assert.equal((await bare.json()).error_code, "INVALID_HEADERS");
});

test("a body that is no JSON object is refused", async () => {
  const world = new World();
  const deep = `{"a":${"[".repeat(100_000)}${"]".repeat(100_000)}}`;
  for (const body of ["", "{", "[]", "null", '"text"', "{'a':1}", '{"a":1e999}', deep, '{"a":"\ud800"}']) {
    const error = await world.error("/item/get", body);
    assert.match(error, /^400 INVALID_REQUEST\/(INVALID_BODY|UNKNOWN_FIELDS)/, body.slice(0, 20));
  }
});

test("credentials go in the headers or in the body", async () => {
  const world = new World();
  const { PLAID_CLIENT_ID: client_id, PLAID_SECRET: secret } = world.sandbox.env;
  const none = { headers: { "PLAID-CLIENT-ID": "", "PLAID-SECRET": "" } };
  const send = async (body) => {
    const headers = { "content-type": "application/json" };
    const init = { method: "POST", headers, body: JSON.stringify(body) };
    const response = await world.sandbox.fetch(
      "https://sandbox.plaid.com/webhook_verification_key/get",
      init,
    );
    return response.json();
  };
  assert.equal((await send({ client_id, secret, key_id })).error_code, "INVALID_WEBHOOK_VERIFICATION_KEY_ID");
  assert.equal((await send({ client_id, secret: "x", key_id })).error_code, "INVALID_API_KEYS");
  assert.equal((await send({ client_id: "", secret, key_id })).error_code, "INVALID_FIELD");
  assert.equal((await send({ client_id: 7, secret, key_id })).error_code, "INVALID_FIELD");
  assert.match((await send({ key_id })).error_message, /missing: client_id, secret$/);
  assert.match((await send({ client_id, key_id })).error_message, /missing: secret$/);
  assert.equal(
    await world.error("/item/get", {}, none),
    "400 INVALID_REQUEST/INVALID_FIELD: client_id must be a properly formatted, non-empty string",
  );
});

test("wrong keys are refused before the fields are looked at", async () => {
  const world = new World();
  const wrong = { headers: { "PLAID-SECRET": "another" } };
  const expected = "400 INVALID_INPUT/INVALID_API_KEYS: invalid client_id or secret provided";
  assert.equal(await world.error("/item/get", { nonsense: true }, wrong), expected);
});

test("own credentials replace the default ones", async () => {
  const world = new World({ clientId: "mine", secret: "hush" });
  assert.deepEqual(world.sandbox.env, {
    PLAID_CLIENT_ID: "mine",
    PLAID_SECRET: "hush",
    PLAID_ENV: "sandbox",
  });
  assert.match(await world.error("/item/get", { access_token: "x" }), /INVALID_ACCESS_TOKEN/);
});

test("unknown fields are named, at any depth, before missing ones", async () => {
  const world = new World();
  assert.equal(
    await world.error("/item/get", { acess_token: "x", extra: 1 }),
    "400 INVALID_REQUEST/UNKNOWN_FIELDS: the following fields are not recognized by this endpoint: acess_token, extra",
  );
  assert.match(
    await world.error("/auth/get", { access_token: "x", options: { ids: [] } }),
    /UNKNOWN_FIELDS: .*: options\.ids$/,
  );
  assert.match(
    await world.error("/item/get", '{"__proto__":{"a":1},"constructor":1}'),
    /: __proto__, constructor$/,
  );
});

test("missing fields are named, all of them", async () => {
  const world = new World();
  assert.equal(
    await world.error("/link/token/create", {}),
    "400 INVALID_REQUEST/MISSING_FIELDS: the following required fields are missing: client_name, language, country_codes",
  );
  assert.match(
    await world.error("/link/token/create", linkTokenRequest({ user: {} })),
    /: user\.client_user_id$/,
  );
});

test("a field of the wrong type or value is named, with what it must be", async () => {
  const world = new World();
  const field = async (path, body) => {
    const [, message] = (await world.error(path, body)).split("INVALID_REQUEST/INVALID_FIELD: ");
    return message;
  };
  assert.equal(await field("/item/get", { access_token: 7 }), "access_token must be a non-empty string");
  assert.equal(await field("/item/get", { access_token: null }), "access_token must be a non-empty string");
  assert.equal(
    await field("/item/public_token/exchange", { public_token: "" }),
    "public_token must be a non-empty string",
  );
  assert.equal(
    await field("/auth/get", { access_token: "x", options: { account_ids: ["a", 7] } }),
    "options.account_ids[1] must be a non-empty string",
  );
  assert.equal(await field("/auth/get", { access_token: "x", options: [] }), "options must be an object");
  const sync = "/bank_transfer/event/sync";
  for (const count of [0, 26, -1, 1.5, "5", 1e300, true]) {
    assert.equal(await field(sync, { after_id: 0, count }), "count must be an integer between 1 and 25");
  }
  for (const after_id of [-1, 0.5, "0", null, {}]) {
    assert.equal(await field(sync, { after_id }), "after_id must be an integer of at least 0");
  }
  assert.equal(
    await field("/transfer/event/sync", { after_id: 0, count: 501 }),
    "count must be an integer between 1 and 500",
  );
  assert.match(
    await field("/link/token/create", linkTokenRequest({ country_codes: ["XX"] })),
    /^country_codes\[0\] must be one of: US, /,
  );
  assert.equal(
    await field("/sandbox/public_token/create", { institution_id: "ins_109508", initial_products: [] }),
    "initial_products must be a non-empty array",
  );
});

test("errors carry Plaid's texts and a link to their page", async () => {
  const world = new World();
  const answer = await world.call("/item/get", { access_token: "access-sandbox-x" });
  assert.deepEqual(Object.keys(answer).sort(), [
    "display_message",
    "documentation_url",
    "error_code",
    "error_message",
    "error_type",
    "httpStatus",
    "request_id",
    "suggested_action",
  ]);
  assert.equal(answer.documentation_url, "https://plaid.com/docs/?ref=error#invalid-input-errors");
});
