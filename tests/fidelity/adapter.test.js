// Every body that the adapter sends is one that Plaid's official types allow.

import assert from "node:assert/strict";
import { test } from "node:test";
import { PlaidAdapter } from "../../dist/package/index.js";
import { validateRequest } from "./schemas.js";

const env = { PLAID_CLIENT_ID: "client-id-1", PLAID_SECRET: "secret-of-the-client", PLAID_ENV: "sandbox" };
const token = "access-sandbox-11111111-2222-3333-4444-555555555555";

const calls = {
  createLinkToken: (plaid) => plaid.createLinkToken("user-1"),
  "createLinkToken with settings": (plaid) => {
    plaid.initializePlaid({
      clientName: "Shop",
      products: ["auth", "identity"],
      accountSubtypes: ["savings"],
    });
    return plaid.createLinkToken("user-1", { overrides: { webhook: "https://shop.example/hook" } });
  },
  "createLinkToken in update mode": (plaid) => plaid.createLinkToken("user-1", { accessToken: token }),
  exchangePublicToken: (plaid) => plaid.exchangePublicToken("public-sandbox-1"),
  authRequest: (plaid) => plaid.authRequest(token),
  "authRequest of some accounts": (plaid) => plaid.authRequest(token, { accountIds: ["a", "b"] }),
  identityRequest: (plaid) => plaid.identityRequest(token),
  "identityRequest of some accounts": (plaid) => plaid.identityRequest(token, { accountIds: ["a"] }),
  syncBankTransferEvent: (plaid) => plaid.syncBankTransferEvent(0),
  "syncBankTransferEvent of some": (plaid) => plaid.syncBankTransferEvent(7n, { count: 25 }),
  syncTransferEvent: (plaid) => plaid.syncTransferEvent(3, { count: 500 }),
};

for (const [name, call] of Object.entries(calls)) {
  test(`${name} sends what Plaid's types allow`, async () => {
    let sent;
    const fetch = async (url, init) => {
      sent = { path: new URL(url).pathname, body: JSON.parse(init.body) };
      return Response.json({ request_id: "1" });
    };
    await call(new PlaidAdapter(env, { fetch }));
    assert.equal(validateRequest(sent.path, sent.body), null);
  });
}

test("the key of a webhook is asked for as Plaid's types allow", async () => {
  const { PlaidSandbox } = await import("../../dist/package/sandbox.js");
  const sandbox = new PlaidSandbox();
  const plaid = new PlaidAdapter(sandbox.env, { fetch: sandbox.fetch });
  await plaid.verifyWebhook(await sandbox.signWebhook({ webhook_type: "ITEM", webhook_code: "ERROR" }));
  const [{ path, body }] = sandbox.requests();
  assert.equal(validateRequest(path, body), null);
});
