// The schemas judge everyone else's bodies, so they are judged here: what Plaid documents passes, each way of
// being wrong fails.

import assert from "node:assert/strict";
import { test } from "node:test";
import { validateError, validateRequest, validateResponse, validateWebhook } from "./schemas.js";

const account = {
  account_id: "blgvvBlXw3cq5GMPwqB6s6q4dLKB9WcVqGDGo",
  balances: {
    available: 100,
    current: 110,
    limit: null,
    iso_currency_code: "USD",
    unofficial_currency_code: null,
  },
  mask: "0000",
  name: "Plaid Checking",
  official_name: "Plaid Gold Standard 0% Interest Checking",
  subtype: "checking",
  type: "depository",
};

const item = {
  item_id: "eVBnVMp7zdTJLkRNr33Rs6zr7KNJqBFL9DrE6",
  institution_id: "ins_109508",
  webhook: "",
  error: null,
  available_products: ["balance", "identity"],
  billed_products: ["auth"],
  consent_expiration_time: null,
  update_type: "background",
};

const bankTransferEvent = {
  account_id: "6qL6lWoQkAfNE3mB8Kk5tAnvpX81qefrvvl7B",
  bank_transfer_amount: "12.34",
  bank_transfer_id: "460cbe92-2dcc-8eae-5ad6-b37d0ec90fd9",
  bank_transfer_iso_currency_code: "USD",
  bank_transfer_type: "credit",
  direction: "outbound",
  event_id: 1,
  event_type: "pending",
  failure_reason: null,
  origination_account_id: "",
  receiver_details: null,
  timestamp: "2020-08-06T17:27:15Z",
};

const error = {
  error_type: "INVALID_INPUT",
  error_code: "INVALID_API_KEYS",
  error_message: "invalid client_id or secret provided",
  display_message: null,
  documentation_url: "https://plaid.com/docs/?ref=error#invalid-input-errors",
  request_id: "HNTDNrA8F1shFEW",
  suggested_action: null,
};

const requests = {
  "/link/token/create": {
    client_name: "Example",
    language: "en",
    country_codes: ["US"],
    products: ["auth"],
    user: { client_user_id: "user-1" },
    account_filters: { depository: { account_subtypes: ["checking", "savings"] } },
  },
  "/item/public_token/exchange": { public_token: "public-sandbox-1" },
  "/auth/get": { access_token: "access-sandbox-1", options: { account_ids: ["a"] } },
  "/identity/get": { access_token: "access-sandbox-1" },
  "/bank_transfer/event/sync": { after_id: 4, count: 25 },
  "/transfer/event/sync": { after_id: 0 },
  "/webhook_verification_key/get": { key_id: "bfbd5111-8e33-4643-8ced-b2e642a72f3c" },
  "/bank_transfer/create": {
    idempotency_key: "1",
    access_token: "access-sandbox-1",
    account_id: "a",
    type: "debit",
    network: "ach",
    amount: "1.00",
    iso_currency_code: "USD",
    description: "rent",
    user: { legal_name: "A B" },
    metadata: { any: "key" },
  },
};

const responses = {
  "/link/token/create": { link_token: "link-sandbox-1", expiration: "2020-03-27T12:56:34Z", request_id: "r" },
  "/item/public_token/exchange": { access_token: "access-sandbox-1", item_id: "i", request_id: "r" },
  "/auth/get": {
    accounts: [account],
    numbers: {
      ach: [
        {
          account_id: account.account_id,
          account: "1111222233330000",
          routing: "011401533",
          wire_routing: null,
        },
      ],
      eft: [],
      international: [],
      bacs: [],
    },
    item,
    request_id: "r",
  },
  "/bank_transfer/event/sync": { bank_transfer_events: [bankTransferEvent], request_id: "r" },
  "/transfer/event/sync": { transfer_events: [], has_more: false, request_id: "r" },
  "/webhook_verification_key/get": {
    key: {
      alg: "ES256",
      created_at: 1560466150,
      crv: "P-256",
      expired_at: null,
      kid: "bfbd5111-8e33-4643-8ced-b2e642a72f3c",
      kty: "EC",
      use: "sig",
      x: "hKXLGIjWvCBv-cP5euCTxl8g9GLG9zHo_3pO5NN1DwQ",
      y: "shhexqPB7YffGn6fR6h2UhTSuCtPmfzQJ6ENVIoO4Ys",
    },
    request_id: "r",
  },
};

const webhooks = [
  {
    webhook_type: "ITEM",
    webhook_code: "ERROR",
    item_id: item.item_id,
    error: { ...error, error_type: "ITEM_ERROR", error_code: "ITEM_LOGIN_REQUIRED", status: 400 },
    environment: "sandbox",
  },
  { webhook_type: "BANK_TRANSFERS", webhook_code: "BANK_TRANSFERS_EVENTS_UPDATE", environment: "production" },
  {
    webhook_type: "LINK",
    webhook_code: "SESSION_FINISHED",
    status: "SUCCESS",
    link_session_id: "s",
    link_token: "link-sandbox-1",
    public_tokens: ["public-sandbox-1"],
    environment: "sandbox",
  },
];

/** A copy with the field at `path` ("a.b.0.c") set, or removed when the value is undefined. */
function changed(body, path, value) {
  const copy = structuredClone(body);
  const steps = path.split(".");
  const last = steps.pop();
  const parent = steps.reduce((node, step) => node[step], copy);
  if (value === undefined) delete parent[last];
  else parent[last] = value;
  return copy;
}

test("documented requests, answers, errors and webhooks pass", () => {
  for (const [path, body] of Object.entries(requests)) assert.equal(validateRequest(path, body), null);
  for (const [path, body] of Object.entries(responses)) assert.equal(validateResponse(path, body), null);
  for (const payload of webhooks) assert.equal(validateWebhook(payload), null);
  assert.equal(validateError(error), null);
});

test("a request may carry the credentials in its body", () => {
  const body = { ...requests["/auth/get"], client_id: "c", secret: "s" };
  assert.equal(validateRequest("/auth/get", body), null);
});

test("a request fails on an unknown, missing, mistyped or bogus field, at any depth", () => {
  const fails = (path, field, value, pattern) =>
    assert.match(String(validateRequest(path, changed(requests[path], field, value))), pattern);
  fails(
    "/auth/get",
    "acces_token",
    "x",
    /^\/auth\/get request: body must NOT have additional properties \(acces_token\)$/,
  );
  fails(
    "/auth/get",
    "options.account_id",
    "a",
    /\/options must NOT have additional properties \(account_id\)/,
  );
  fails("/auth/get", "access_token", undefined, /body must have required property 'access_token'/);
  fails("/auth/get", "options.account_ids", "a", /\/options\/account_ids must be array/);
  fails(
    "/link/token/create",
    "user.client_user_id",
    undefined,
    /\/user must have required property 'client_user_id'/,
  );
  fails(
    "/link/token/create",
    "products",
    ["bogus"],
    /\/products\/0 must be equal to one of the allowed values/,
  );
  fails(
    "/link/token/create",
    "account_filters.depository.extra",
    1,
    /must NOT have additional properties \(extra\)/,
  );
  fails("/bank_transfer/event/sync", "after_id", "4", /\/after_id must be number/);
  fails("/bank_transfer/create", "metadata", { key: 1 }, /\/metadata\/key must be string/);
});

test("an answer fails on a missing, mistyped or bogus field, and may have further fields", () => {
  const fails = (path, field, value, pattern) =>
    assert.match(String(validateResponse(path, changed(responses[path], field, value))), pattern);
  for (const [path, body] of Object.entries(responses)) {
    fails(path, "request_id", 1, /\/request_id must be string/);
    for (const field of Object.keys(body))
      fails(path, field, undefined, new RegExp(`required property '${field}'`));
    assert.equal(validateResponse(path, { ...body, brand_new: true }), null);
  }
  fails(
    "/auth/get",
    "accounts.0.balances.iso_currency_code",
    undefined,
    /\/accounts\/0\/balances must have required/,
  );
  fails("/auth/get", "accounts.0.type", "piggy_bank", /\/accounts\/0\/type must be equal to one of/);
  fails("/auth/get", "item.update_type", null, /\/item\/update_type/);
  fails("/auth/get", "numbers.bacs", undefined, /\/numbers must have required property 'bacs'/);
  fails(
    "/bank_transfer/event/sync",
    "bank_transfer_events.0.event_type",
    "returned",
    /event_type must be equal/,
  );
});

test("an error fails without its four required fields, and with a type Plaid does not have", () => {
  for (const field of ["error_type", "error_code", "error_message", "display_message"])
    assert.match(String(validateError(changed(error, field))), new RegExp(`^error: body .*'${field}'`));
  assert.match(String(validateError({ ...error, error_type: "BOGUS" })), /\/error_type must be equal/);
});

test("a webhook is judged by its type and code", () => {
  const [itemError] = webhooks;
  assert.match(String(validateWebhook(changed(itemError, "item_id"))), /^ITEM\/ERROR: .*'item_id'/);
  assert.match(
    String(validateWebhook(changed(itemError, "error.error_code"))),
    /\/error must have .*'error_code'/,
  );
  assert.match(
    String(validateWebhook({ ...itemError, webhook_code: "NOPE" })),
    /ITEM\/NOPE: .* no such type/,
  );
  assert.match(String(validateWebhook(undefined)), /no such type/);
});

test("an endpoint that Plaid does not have, or that answers with a file, has no schema", () => {
  assert.match(String(validateRequest("/auth/gett", {})), /^\/auth\/gett request: .* no such type/);
  assert.match(String(validateResponse("/asset_report/pdf/get", {})), /no such type/);
});
