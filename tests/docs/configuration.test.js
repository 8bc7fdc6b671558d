import assert from "node:assert/strict";
import { fragment, runDocument, worker } from "./document.js";
import { linked } from "./linked.js";
import { wranglerConfig } from "./wrangler.js";

const secrets = {
  PLAID_CLIENT_ID: { store_id: "store", secret_name: "plaid-client-id" },
  PLAID_SECRET: { store_id: "store", secret_name: "plaid-secret" },
};

runDocument("docs/configuration.md", {
  "secrets store": {
    async run(_file, code) {
      const { vars, secrets_store_secrets } = wranglerConfig(code);
      assert.equal(vars.PLAID_ENV, "sandbox");
      assert.deepEqual(
        secrets_store_secrets.map(({ binding }) => binding),
        ["PLAID_CLIENT_ID", "PLAID_SECRET"],
      );
    },
  },

  "secrets store worker": worker(
    async ({ miniflare, fetch, sandbox }) => {
      for (const name of Object.keys(secrets)) {
        const secret = await miniflare.getSecretsStoreSecretAPI(name);
        await secret().create(sandbox.env[name]);
      }
      assert.match((await (await fetch("/")).json()).link_token, /^link-sandbox-/);
    },
    { bindings: { PLAID_ENV: "sandbox" }, secretsStoreSecrets: secrets },
  ),

  overrides: fragment({
    before: linked,
    after: `
assert.match(link_token, /^link-sandbox-/);
const { body } = sandbox.requests().at(-1)!;
assert.equal(body.webhook, "https://example.com/plaid-webhook");
assert.deepEqual(body.user, { client_user_id: "user-1", email_address: "user@example.com" });`,
  }),
});
