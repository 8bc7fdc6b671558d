import { PlaidSandbox } from "plaid-edge/sandbox";
import { afterAll, beforeEach, expect, test, vi } from "vitest";
import { getPlatformProxy } from "wrangler";
import worker from "../src/index.js";

// The bindings of wrangler.jsonc, as they are in `wrangler dev`.
const { env: bindings, dispose } = await getPlatformProxy<any>({ persist: false });
afterAll(dispose);

const sandbox = new PlaidSandbox();
const env = { ...bindings, ...sandbox.env };

beforeEach(() => {
  // The worker calls Plaid with the global fetch.
  vi.stubGlobal("fetch", sandbox.fetch);
});

const call = (method: string, path: string, init?: RequestInit) =>
  worker.fetch!(new Request(`https://example.com${path}`, { method, ...init }) as any, env, {} as any);

const plaid = async (path: string, body: object) => {
  const { PLAID_CLIENT_ID: client_id, PLAID_SECRET: secret } = sandbox.env;
  const init = { method: "POST", headers: { "content-type": "application/json" } };
  const answer = await sandbox.fetch(path, { ...init, body: JSON.stringify({ client_id, secret, ...body }) });
  return (await answer.json()) as any;
};

test("links an account and shows it", async () => {
  const { link_token } = await (await call("POST", "/link-token")).json<any>();
  // The user's part, in Link.
  const { public_token } = await plaid("https://sandbox.plaid.com/sandbox/plaid_edge/link/complete", {
    link_token,
  });

  const exchanged = await call("POST", "/exchange", { body: JSON.stringify({ public_token }) });
  expect(exchanged.status).toBe(204);

  const accounts = await (await call("GET", "/accounts")).json();
  expect(accounts).toContainEqual({ name: "Plaid Checking", mask: "0000", subtype: "checking" });
});

test("takes a webhook that Plaid signed, and no other", async () => {
  const { body, headers } = await sandbox.signWebhook({
    webhook_type: "ITEM",
    webhook_code: "LOGIN_REPAIRED",
  });
  expect((await call("POST", "/webhook", { body, headers })).status).toBe(200);
  expect(
    (await call("POST", "/webhook", { body: body.replace("LOGIN_REPAIRED", "ERROR"), headers })).status,
  ).toBe(400);
  expect((await call("POST", "/webhook", { body })).status).toBe(400);
});

test("has a webhook sent again while Plaid is out of reach", async () => {
  sandbox.reset(); // and with it, the keys
  const { body, headers } = await sandbox.signWebhook({ webhook_type: "ITEM", webhook_code: "ERROR" });
  sandbox.fail("/webhook_verification_key/get", { status: 503, retryAfter: "0", times: 3 });
  expect((await call("POST", "/webhook", { body, headers })).status).toBe(503);
});

test("tells the page no more than it may know", async () => {
  const refused = await call("POST", "/exchange", {
    body: JSON.stringify({ public_token: "public-sandbox-unknown" }),
  });
  expect(refused.status).toBe(422);
  expect(await refused.json()).toEqual({ code: "INVALID_PUBLIC_TOKEN", message: null });
});
