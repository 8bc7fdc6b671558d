import { assert, assertEquals, assertRejects } from "./assert.js";
import { assertInvalid } from "./invalid.js";
import { env, json, upstream } from "./upstream.js";
import { linked } from "./sandboxed.js";

export default function (test, lib) {
  const { PlaidAdapter, PlaidSandbox, PlaidCreateLinkTokenError } = lib;

  const answer = {
    link_token: "link-sandbox-1",
    expiration: "2026-03-04T09:06:07Z",
    request_id: "request-1",
    future_field: [1],
  };
  function recorded() {
    const { fetch, calls } = upstream(json(answer));
    return { adapter: new PlaidAdapter(env, { fetch }), calls };
  }

  const defaults = {
    client_name: "None",
    country_codes: ["US"],
    language: "en",
    user: { client_user_id: "user-1" },
    products: ["auth"],
    account_filters: { depository: { account_subtypes: ["checking", "savings"] } },
  };

  test("the request, with the default settings", async () => {
    const { adapter, calls } = recorded();
    assertEquals(await adapter.createLinkToken("user-1"), answer);
    assertEquals(calls.length, 1);
    assertEquals(calls[0].url, "https://sandbox.plaid.com/link/token/create");
    assertEquals(calls[0].body, defaults);
  });

  test("every setting is sent", async () => {
    const { adapter, calls } = recorded();
    adapter.initializePlaid({
      clientName: "Acme",
      countryCodes: ["CA", "US"],
      language: "fr",
      products: ["auth", "identity"],
      accountSubtypes: ["checking"],
    });
    await adapter.createLinkToken("user-1");
    assertEquals(calls[0].body, {
      client_name: "Acme",
      country_codes: ["CA", "US"],
      language: "fr",
      user: { client_user_id: "user-1" },
      products: ["auth", "identity"],
      account_filters: { depository: { account_subtypes: ["checking"] } },
    });
  });

  test("a setting that is left out goes back to its default", async () => {
    const { adapter, calls } = recorded();
    adapter.initializePlaid({ clientName: "Acme", language: "fr" });
    adapter.initializePlaid({ language: "es", clientName: undefined });
    await adapter.createLinkToken("user-1");
    assertEquals(calls[0].body, { ...defaults, language: "es" });
    for (const none of [undefined, null, {}]) {
      adapter.initializePlaid(none);
      await adapter.createLinkToken("user-1");
      assertEquals(calls.at(-1).body, defaults);
    }
  });

  test("settings are copied", async () => {
    const { adapter, calls } = recorded();
    const products = ["auth"];
    adapter.initializePlaid({ products });
    products.push("identity");
    await adapter.createLinkToken("user-1");
    assertEquals(calls[0].body.products, ["auth"]);
  });

  test("update mode leaves out products and account filters", async () => {
    const { adapter, calls } = recorded();
    await adapter.createLinkToken("user-1", { accessToken: "access-sandbox-1" });
    const { products, account_filters, ...rest } = defaults;
    assertEquals(calls[0].body, { ...rest, access_token: "access-sandbox-1" });
  });

  test("overrides are laid over the body, and user is merged", async () => {
    const { adapter, calls } = recorded();
    await adapter.createLinkToken("user-1", {
      overrides: {
        webhook: "https://example.com/hook",
        client_name: "Other",
        user: { email_address: "a@example.com" },
      },
    });
    assertEquals(calls[0].body, {
      ...defaults,
      client_name: "Other",
      webhook: "https://example.com/hook",
      user: { client_user_id: "user-1", email_address: "a@example.com" },
    });
  });

  test("overrides replace every field but user, also in update mode", async () => {
    const { adapter, calls } = recorded();
    await adapter.createLinkToken("user-1", {
      accessToken: "access-sandbox-1",
      overrides: { products: ["identity"], user: { client_user_id: "user-2" } },
    });
    assertEquals(calls[0].body.products, ["identity"]);
    assertEquals(calls[0].body.user, { client_user_id: "user-2" });
    await adapter.createLinkToken("user-1", {
      overrides: { account_filters: { depository: { account_subtypes: ["all"] } } },
    });
    assertEquals(calls[1].body.account_filters, { depository: { account_subtypes: ["all"] } });
  });

  test("a call leaves the caller's objects and the settings alone", async () => {
    const { adapter, calls } = recorded();
    const overrides = Object.freeze({
      client_name: "Other",
      user: Object.freeze({ email_address: "a@example.com" }),
    });
    await adapter.createLinkToken("user-1", Object.freeze({ overrides }));
    await adapter.createLinkToken("user-1");
    assertEquals(calls[1].body, defaults);
  });

  test("the sandbox gives a token", async () => {
    const sandbox = new PlaidSandbox();
    const adapter = new PlaidAdapter(sandbox.env, { fetch: sandbox.fetch });
    const { link_token, expiration, request_id } = await adapter.createLinkToken("user-1");
    assert(link_token.startsWith("link-sandbox-"), link_token);
    assert(Date.parse(expiration) > Date.now(), expiration);
    assert(request_id, "no request_id");
  });

  test("the sandbox gives a token for update mode", async () => {
    const { adapter, accessToken } = await linked(lib);
    const { link_token } = await adapter.createLinkToken("user-1", { accessToken });
    assert(link_token.startsWith("link-sandbox-"), link_token);
  });

  test("what Plaid refuses is PlaidCreateLinkTokenError", async () => {
    const sandbox = new PlaidSandbox();
    const adapter = new PlaidAdapter(sandbox.env, { fetch: sandbox.fetch });
    await assertRejects(
      () => adapter.createLinkToken("user-1", { overrides: { country_codes: ["XX"] } }),
      PlaidCreateLinkTokenError,
      {
        kind: "api",
        status: 400,
        errorType: "INVALID_REQUEST",
        errorCode: "INVALID_FIELD",
        endpoint: "/link/token/create",
        attempts: 1,
        retryable: false,
      },
    );
    await assertRejects(
      () =>
        adapter.createLinkToken("user-1", {
          accessToken: "access-sandbox-00000000-0000-0000-0000-000000000000",
        }),
      PlaidCreateLinkTokenError,
      { kind: "api", errorCode: "INVALID_ACCESS_TOKEN" },
    );
  });

  const cyclic = {};
  cyclic.self = cyclic;
  for (const [what, field, ...args] of [
    ["no user id", /clientUserId/],
    ["an empty user id", /clientUserId/, ""],
    ["a blank user id", /clientUserId/, " "],
    ["a number as user id", /clientUserId/, 1],
    ["an object as user id", /clientUserId/, {}],
    ["options that are no object", /options/, "user-1", "options"],
    ["options that are an array", /options/, "user-1", []],
    ["an empty access token", /accessToken/, "user-1", { accessToken: "" }],
    ["an access token that is no string", /accessToken/, "user-1", { accessToken: 1 }],
    ["overrides that are no object", /overrides/, "user-1", { overrides: "webhook" }],
    ["overrides.user that is no object", /overrides\.user/, "user-1", { overrides: { user: "user-2" } }],
    ["overrides that are cyclic", /overrides/, "user-1", { overrides: cyclic }],
    ["overrides with a bigint", /overrides/, "user-1", { overrides: { n: 1n } }],
  ]) {
    test(`refuses ${what}`, () =>
      assertInvalid(lib, PlaidCreateLinkTokenError, field, (adapter) => adapter.createLinkToken(...args)));
  }
}
