import assert from "node:assert/strict";
import { PlaidAdapter } from "../../dist/package/index.js";
import { fragment, runDocument, worker } from "./document.js";
import { linked } from "./linked.js";

runDocument("docs/errors.md", {
  "call options": fragment({
    before: linked,
    after: `assert.equal(numbers.ach.length, 3);`,
  }),

  "unknown option": fragment({
    before: `${linked}
const sent = sandbox.requests().length;`,
    after: `
assert.equal(sandbox.requests().length, sent);
await assert.rejects(plaid.createLinkToken("user-1", { acessToken: accessToken }), {
  kind: "invalid_argument",
  message: /options\\.acessToken is not a known name; use one of .*accessToken, overrides/,
});`,
  }),

  rpc: {
    ...worker(async ({ fetch, sandbox }) => {
      const plaid = new PlaidAdapter(sandbox.env, { fetch: sandbox.fetch });
      const { public_token } = await plaid.request("/sandbox/public_token/create", {
        institution_id: "ins_109508",
        initial_products: ["identity"],
      });
      const { access_token } = await plaid.exchangePublicToken(public_token);
      const owners = async () => (await fetch("/", { method: "POST", body: access_token })).json();
      assert.equal((await owners()).accounts[0].owners.length, 1);
      await plaid.request("/sandbox/item/reset_login", { access_token });
      const { error } = await owners();
      assert.deepEqual([error.kind, error.errorCode], ["api", "ITEM_LOGIN_REQUIRED"]);
    }),
    // Calls itself over RPC.
    program: (code) =>
      code
        .replace("async fetch()", "async fetch(request: Request)")
        .replace(
          "new Response(null, { status: 404 })",
          "Response.json(await (this.ctx as any).exports.default.owners(await request.text()))",
        ),
  },
});
