// authRequest and identityRequest, which differ only in what they ask for.

import { assert, assertEquals, assertRejects } from "./assert.js";
import { assertInvalid } from "./invalid.js";
import { linked } from "./sandboxed.js";
import { env, text, upstream } from "./upstream.js";

export default function (test, lib) {
  const { PlaidAdapter, PlaidAuthError, PlaidIdentityError } = lib;

  for (const [method, path, Class] of [
    ["authRequest", "/auth/get", PlaidAuthError],
    ["identityRequest", "/identity/get", PlaidIdentityError],
  ]) {
    test(`${method} asks for all accounts, or for some`, async () => {
      const { fetch, calls } = upstream(text('{"request_id":"request-1"}'));
      const adapter = new PlaidAdapter(env, { fetch });
      await adapter[method]("access-sandbox-1");
      await adapter[method]("access-sandbox-1", { accountIds: [] });
      await adapter[method]("access-sandbox-1", { accountIds: undefined });
      await adapter[method]("access-sandbox-1", { accountIds: ["a", "b"] });
      assertEquals(calls[0].url, `https://sandbox.plaid.com${path}`);
      for (const call of calls.slice(0, 3)) assertEquals(call.body, { access_token: "access-sandbox-1" });
      assertEquals(calls[3].body, { access_token: "access-sandbox-1", options: { account_ids: ["a", "b"] } });
    });

    test(`${method} hands the answer through as it is`, async () => {
      const answer =
        '{"accounts":[{"balances":{"current":0.1,"limit":null}}],"unknown":{"ä":["☃",1e21,-0.5,true]},"request_id":"r"}';
      const adapter = new PlaidAdapter(env, { fetch: upstream(text(answer)).fetch });
      assertEquals(await adapter[method]("access-sandbox-1"), JSON.parse(answer));
    });

    test(`${method} gives the sandbox's accounts`, async () => {
      const { adapter, accessToken } = await linked(lib);
      const all = await adapter[method](accessToken);
      assert(all.accounts.length > 1 && all.item && all.request_id, JSON.stringify(all));
      if (method === "authRequest") assert(all.numbers.ach[0].routing, "no routing number");
      else assert(all.accounts[0].owners[0].names.length > 0, "no owners");
      const { account_id } = all.accounts[0];
      const one = await adapter[method](accessToken, { accountIds: [account_id] });
      assertEquals(
        one.accounts.map((account) => account.account_id),
        [account_id],
      );
    });

    test(`${method} fails as Plaid says`, async () => {
      const { adapter, accessToken } = await linked(lib);
      const refused = {
        kind: "api",
        status: 400,
        errorType: "INVALID_INPUT",
        endpoint: path,
        attempts: 1,
        retryable: false,
      };
      await assertRejects(
        () => adapter[method](accessToken, { accountIds: ["BxBXxLj1m4HMXBm9WZZmCWVbPjX16EHwv99vp"] }),
        Class,
        {
          ...refused,
          errorCode: "INVALID_ACCOUNT_ID",
        },
      );
      await assertRejects(
        () => adapter[method]("access-sandbox-00000000-0000-0000-0000-000000000000"),
        Class,
        {
          ...refused,
          errorCode: "INVALID_ACCESS_TOKEN",
        },
      );
      await adapter.request("/sandbox/item/reset_login", { access_token: accessToken });
      await assertRejects(() => adapter[method](accessToken), Class, {
        ...refused,
        errorType: "ITEM_ERROR",
        errorCode: "ITEM_LOGIN_REQUIRED",
      });
    });

    for (const [what, field, ...args] of [
      ["no token", /accessToken/],
      ["an empty token", /accessToken/, ""],
      ["a token that is no string", /accessToken/, 123],
      ["account ids that are no array", /accountIds/, "access-sandbox-1", { accountIds: "a" }],
      ["account ids that are no strings", /accountIds/, "access-sandbox-1", { accountIds: ["a", 1] }],
      ["empty account ids", /accountIds/, "access-sandbox-1", { accountIds: [""] }],
      ["an object of account ids", /accountIds/, "access-sandbox-1", { accountIds: { 0: "a", length: 1 } }],
      ["options that are no object", /options/, "access-sandbox-1", 1],
    ]) {
      test(`${method} refuses ${what}`, () =>
        assertInvalid(lib, Class, field, (adapter) => adapter[method](...args)));
    }
  }
}
