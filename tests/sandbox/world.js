// A sandbox with a client at hand. Every request and every answer of a test goes through `call`, which holds them
// against the types of Plaid's official package.

import assert from "node:assert/strict";
import { resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { validateError, validateRequest, validateResponse } from "../fidelity/schemas.js";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** The folder of the package under test. */
export const packed = resolve(root, process.env.PLAID_EDGE_PACKAGE ?? "dist/package");

export const { PlaidSandbox } = await import(pathToFileURL(`${packed}/sandbox.js`).href);

/** Paths that Plaid doesn't have, or whose rules Plaid's types don't tell. */
const isOurs = (path) => path.startsWith("/sandbox/plaid_edge/");

export class World {
  /** The sandbox's clock, in milliseconds since 1970. */
  now = Date.parse("2026-03-04T05:06:07.890Z");

  constructor(options) {
    this.sandbox = new PlaidSandbox({ now: () => this.now, ...options });
  }

  /** Sends a request as Plaid's own clients do. */
  send(path, body, { headers, ...init } = {}) {
    const { PLAID_CLIENT_ID, PLAID_SECRET } = this.sandbox.env;
    return this.sandbox.fetch(`https://sandbox.plaid.com${path}`, {
      method: "POST",
      headers: {
        "Content-Type": "application/json",
        "PLAID-CLIENT-ID": PLAID_CLIENT_ID,
        "PLAID-SECRET": PLAID_SECRET,
        ...headers,
      },
      body: typeof body === "string" ? body : JSON.stringify(body),
      ...init,
    });
  }

  /** The HTTP status and the checked body of an answer, in one object. */
  async call(path, body, init) {
    const response = await this.send(path, body, init);
    assert.equal(response.headers.get("content-type"), "application/json");
    const answer = await response.json();
    assert.match(answer.request_id, /^[0-9A-Za-z]{15}$/);
    if (response.status !== 200) assert.equal(validateError(answer), null);
    else if (!isOurs(path)) {
      assert.equal(validateResponse(path, answer), null);
      assert.equal(validateRequest(path, body), null, "a request that was accepted");
    }
    return { httpStatus: response.status, ...answer };
  }

  /** The answer to a request that is to succeed. */
  async ok(path, body) {
    const { httpStatus, ...answer } = await this.call(path, body);
    assert.equal(httpStatus, 200, JSON.stringify(answer));
    return answer;
  }

  /** The error of a request that is to fail, as "status TYPE/CODE: message". */
  async error(path, body, init) {
    const answer = await this.call(path, body, init);
    assert.notEqual(answer.httpStatus, 200, "the request was accepted");
    return `${answer.httpStatus} ${answer.error_type}/${answer.error_code}: ${answer.error_message}`;
  }

  async publicToken(options = {}, products = ["auth"]) {
    const body = { institution_id: "ins_109508", initial_products: products, options };
    return (await this.ok("/sandbox/public_token/create", body)).public_token;
  }

  /** Links an Item: its access token, Item id and accounts. */
  async item(options, products) {
    const public_token = await this.publicToken(options, products);
    const { access_token, item_id } = await this.ok("/item/public_token/exchange", { public_token });
    const { accounts } = await this.ok("/accounts/get", { access_token });
    const account = (mask) => accounts.find((account) => account.mask === mask).account_id;
    return { access_token, item_id, accounts, account };
  }

  async linkToken(fields) {
    return (await this.ok("/link/token/create", linkTokenRequest(fields))).link_token;
  }

  /** Creates a bank transfer from the Item's checking account. */
  async bankTransfer(item, fields) {
    const request = bankTransferRequest(item, fields);
    return (await this.ok("/bank_transfer/create", request)).bank_transfer;
  }
}

export const linkTokenRequest = (fields) => ({
  client_name: "Test",
  language: "en",
  country_codes: ["US"],
  user: { client_user_id: "user-1" },
  products: ["auth"],
  ...fields,
});

export const bankTransferRequest = (item, fields) => ({
  idempotency_key: "key-1",
  access_token: item.access_token,
  account_id: item.account("0000"),
  type: "debit",
  network: "ach",
  ach_class: "ppd",
  amount: "12.34",
  iso_currency_code: "USD",
  description: "test",
  user: { legal_name: "Alberta Bobbeth Charleson" },
  ...fields,
});

export const minutes = (count) => count * 60_000;
export const hours = (count) => minutes(60 * count);
export const days = (count) => hours(24 * count);
