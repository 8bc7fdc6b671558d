import { assert, assertEquals, assertError, assertMatch, assertRejects, assertThrows } from "./assert.js";
import { env, json, ok, upstream } from "./upstream.js";

export default function (test, lib) {
  const { PlaidAdapter, PlaidAdapterConfigurationError } = lib;

  /** The URL that a call goes to. */
  async function target(env) {
    const { fetch, calls } = upstream(ok);
    await new PlaidAdapter(env, { fetch }).request("/accounts/get");
    return calls[0].url;
  }

  /** The constructor throws, fromEnv rejects, and both with the same. */
  async function refused(env, options, ...problems) {
    const fields = { kind: "configuration", attempts: 0, retryable: false };
    const thrown = assertThrows(() => new PlaidAdapter(env, options), PlaidAdapterConfigurationError, fields);
    const rejected = await assertRejects(
      () => PlaidAdapter.fromEnv(env, options),
      PlaidAdapterConfigurationError,
      fields,
    );
    for (const error of [thrown, rejected]) {
      assertEquals(error.problems.length, problems.length, error.message);
      for (const problem of problems) {
        assert(
          error.problems.some((text) => problem.test(text)),
          `no problem ${problem} in ${error.message}`,
        );
        assertMatch(error.message, problem);
      }
    }
  }

  for (const name of ["sandbox", "production", "development"]) {
    test(`PLAID_ENV ${name} is its host, in any case`, async () => {
      assertEquals(await target({ ...env, PLAID_ENV: name }), `https://${name}.plaid.com/accounts/get`);
      assertEquals(
        await target({ ...env, PLAID_ENV: ` ${name.toUpperCase()}\n` }),
        `https://${name}.plaid.com/accounts/get`,
      );
    });
  }

  test("PLAID_BASE_URL goes before PLAID_ENV and makes it needless", async () => {
    const { PLAID_ENV, ...without } = env;
    const PLAID_BASE_URL = "https://proxy.example.com";
    assertEquals(await target({ ...env, PLAID_BASE_URL }), "https://proxy.example.com/accounts/get");
    assertEquals(await target({ ...without, PLAID_BASE_URL }), "https://proxy.example.com/accounts/get");
  });

  test("PLAID_BASE_URL keeps its port and path", async () => {
    for (const [base, url] of [
      ["https://proxy.example.com/plaid/", "https://proxy.example.com/plaid/accounts/get"],
      ["  https://proxy.example.com:8443/a/b  ", "https://proxy.example.com:8443/a/b/accounts/get"],
      ["http://localhost:8791", "http://localhost:8791/accounts/get"],
      ["http://127.0.0.1:8791/", "http://127.0.0.1:8791/accounts/get"],
      ["http://[::1]:8791", "http://[::1]:8791/accounts/get"],
    ]) {
      assertEquals(await target({ ...env, PLAID_BASE_URL: base }), url);
    }
  });

  test("PLAID_BASE_URL must be https, or http on loopback, and nothing but a place", async () => {
    for (const PLAID_BASE_URL of [
      "http://example.com",
      "http://localhost.example.com",
      "http://127.0.0.1.example.com",
      "http://10.0.0.1",
      "ftp://example.com",
      "javascript:alert(1)",
      "example.com",
      "/plaid",
      "https://user:password@example.com",
      "https://user@example.com",
      "https://example.com?query",
      "https://example.com/#fragment",
    ]) {
      await refused({ ...env, PLAID_BASE_URL }, undefined, /PLAID_BASE_URL/);
    }
    for (const PLAID_BASE_URL of ["example.com", "/plaid", "https://"]) {
      await refused({ ...env, PLAID_BASE_URL }, undefined, /PLAID_BASE_URL must be an absolute URL/);
    }
  });

  test("every problem is named at once", async () => {
    await refused({}, undefined, /PLAID_CLIENT_ID/, /PLAID_SECRET/, /PLAID_ENV/);
    await refused(
      { PLAID_SECRET: "a\nb", PLAID_ENV: "staging" },
      { timeoutMs: 0, maxRetries: -1, fetch: 1, onAttempt: "log" },
      /PLAID_CLIENT_ID/,
      /PLAID_SECRET/,
      /PLAID_ENV/,
      /timeoutMs/,
      /maxRetries/,
      /fetch/,
      /onAttempt/,
    );
  });

  test("an environment that is no object is refused", async () => {
    for (const wrong of [undefined, null, 1, "env", true]) {
      assertThrows(() => new PlaidAdapter(wrong), PlaidAdapterConfigurationError, { kind: "configuration" });
      await assertRejects(() => PlaidAdapter.fromEnv(wrong), PlaidAdapterConfigurationError, {
        kind: "configuration",
      });
    }
  });

  test("empty and blank values count as missing", async () => {
    await refused(
      { ...env, PLAID_CLIENT_ID: "", PLAID_SECRET: " \n" },
      undefined,
      /PLAID_CLIENT_ID/,
      /PLAID_SECRET/,
    );
  });

  test("values that are no strings are refused", async () => {
    for (const wrong of [1, true, {}, []]) {
      await refused({ ...env, PLAID_CLIENT_ID: wrong }, undefined, /PLAID_CLIENT_ID/);
      await refused({ ...env, PLAID_ENV: wrong }, undefined, /PLAID_ENV/);
    }
  });

  test("what an HTTP header can't carry is refused, and not repeated", async () => {
    for (const secret of [
      "hidden\nvalue",
      "hidden\rvalue",
      "hidden\0value",
      "\0hidden",
      "\x01hidden",
      "hidden\u{1f600}value",
      "hiddenΩvalue",
    ]) {
      await refused({ ...env, PLAID_SECRET: secret }, undefined, /PLAID_SECRET/);
      const error = assertThrows(
        () => new PlaidAdapter({ ...env, PLAID_SECRET: secret }),
        PlaidAdapterConfigurationError,
      );
      assert(
        !JSON.stringify(error).includes("hidden") && !String(error.stack).includes("hidden"),
        "the secret leaks",
      );
    }
  });

  test("wrong options are refused", async () => {
    for (const timeoutMs of [0, -1, NaN, Infinity, 2 ** 31, "1000", {}])
      await refused(env, { timeoutMs }, /timeoutMs/);
    for (const maxRetries of [-1, 0.5, NaN, Infinity, 101, "2"])
      await refused(env, { maxRetries }, /maxRetries/);
    for (const fetch of [1, "fetch", {}]) await refused(env, { fetch }, /fetch/);
    for (const options of [1, "options", [], true]) await refused(env, options, /options/);
  });

  test("absent options are the defaults", async () => {
    for (const options of [
      undefined,
      null,
      {},
      { fetch: undefined, timeoutMs: null, maxRetries: undefined, onAttempt: null },
    ]) {
      new PlaidAdapter(env, options).free();
      (await PlaidAdapter.fromEnv(env, options)).free();
    }
  });

  test("values are trimmed", async () => {
    const { fetch, calls } = upstream(ok);
    const padded = {
      PLAID_CLIENT_ID: ` ${env.PLAID_CLIENT_ID} `,
      PLAID_SECRET: `${env.PLAID_SECRET}\n`,
      PLAID_ENV: "sandbox",
    };
    await new PlaidAdapter(padded, { fetch }).request("/accounts/get");
    assertEquals(calls[0].init.headers.get("plaid-client-id"), env.PLAID_CLIENT_ID);
    assertEquals(calls[0].init.headers.get("plaid-secret"), env.PLAID_SECRET);
  });

  test("a value is its text, whatever that says", async () => {
    for (const secret of ["=secret-0a1b2c3d4e5f", "binding", "binding_failed", "not_text", "unreadable"]) {
      const { fetch, calls } = upstream(ok);
      const given = { ...env, PLAID_SECRET: secret };
      for (const plaid of [new PlaidAdapter(given, { fetch }), await PlaidAdapter.fromEnv(given, { fetch })])
        await plaid.request("/accounts/get");
      for (const { init } of calls) assertEquals(init.headers.get("plaid-secret"), secret);
      assertEquals(calls.length, 2);
    }
  });

  test("only the PLAID_* keys of the environment are read", async () => {
    const asked = new Set();
    const spy = new Proxy(
      { ...env, OTHER: "value" },
      {
        get(target, key) {
          asked.add(key);
          return target[key];
        },
        ownKeys() {
          throw new Error("the keys were listed");
        },
      },
    );
    new PlaidAdapter(spy).free();
    (await PlaidAdapter.fromEnv(spy)).free();
    const known = ["PLAID_CLIENT_ID", "PLAID_SECRET", "PLAID_ENV", "PLAID_BASE_URL", "PLAID_PUBLIC_KEY"];
    for (const key of asked) assert(known.includes(key), `${String(key)} was read`);
  });

  test("an environment whose getters throw is refused", async () => {
    const hostile = {
      ...env,
      get PLAID_SECRET() {
        throw new Error("no");
      },
    };
    await refused(hostile, undefined, /PLAID_SECRET/);
  });

  test("a change of the environment afterwards changes nothing", async () => {
    const { fetch, calls } = upstream(ok);
    const mine = { ...env };
    const adapter = new PlaidAdapter(mine, { fetch });
    mine.PLAID_SECRET = "another-secret";
    mine.PLAID_ENV = "production";
    await adapter.request("/accounts/get");
    assertEquals(calls[0].url, "https://sandbox.plaid.com/accounts/get");
    assertEquals(calls[0].init.headers.get("plaid-secret"), env.PLAID_SECRET);
  });

  const binding = (value) => ({ get: async () => value });

  test("fromEnv awaits bindings", async () => {
    const { fetch, calls } = upstream(ok);
    const bound = {
      PLAID_CLIENT_ID: binding(env.PLAID_CLIENT_ID),
      PLAID_SECRET: binding(` ${env.PLAID_SECRET} `),
      PLAID_ENV: binding("production"),
    };
    const adapter = await PlaidAdapter.fromEnv(bound, { fetch });
    assert(adapter instanceof PlaidAdapter);
    await adapter.request("/accounts/get");
    assertEquals(calls[0].url, "https://production.plaid.com/accounts/get");
    assertEquals(calls[0].init.headers.get("plaid-secret"), env.PLAID_SECRET);
  });

  test("fromEnv calls a binding's get as its method", async () => {
    class Secret {
      #value = env.PLAID_SECRET;
      async get() {
        return this.#value;
      }
    }
    (await PlaidAdapter.fromEnv({ ...env, PLAID_SECRET: new Secret() })).free();
  });

  test("fromEnv names the bindings that fail, without their reasons", async () => {
    const failing = {
      get: async () => {
        throw new Error("secret-store-detail");
      },
    };
    const throwing = {
      get() {
        throw new Error("secret-store-detail");
      },
    };
    const error = await assertRejects(
      () => PlaidAdapter.fromEnv({ ...env, PLAID_CLIENT_ID: throwing, PLAID_SECRET: failing }),
      PlaidAdapterConfigurationError,
      { kind: "configuration" },
    );
    assertEquals(error.problems.length, 2);
    assertMatch(error.problems[0], /PLAID_CLIENT_ID/);
    assertMatch(error.problems[1], /PLAID_SECRET/);
    assert(!JSON.stringify(error).includes("secret-store-detail"));
  });

  test("fromEnv checks what a binding gives", async () => {
    for (const value of [undefined, "", 1, "a\nb"]) {
      await assertRejects(
        () => PlaidAdapter.fromEnv({ ...env, PLAID_SECRET: binding(value) }),
        PlaidAdapterConfigurationError,
        {
          message: /PLAID_SECRET/,
        },
      );
    }
  });

  test("the constructor points to fromEnv at a binding", () => {
    const error = assertThrows(
      () => new PlaidAdapter({ ...env, PLAID_SECRET: binding("x") }),
      PlaidAdapterConfigurationError,
    );
    assertMatch(error.message, /PLAID_SECRET/);
    assertMatch(error.message, /fromEnv/);
  });

  test("without options.fetch the global fetch is used, as it is at the time of the call", async () => {
    const adapter = new PlaidAdapter(env);
    const { fetch } = globalThis;
    const receivers = [];
    globalThis.fetch = async function (url) {
      receivers.push(this);
      return json({ url })();
    };
    try {
      assertEquals(await adapter.request("/accounts/get"), { url: "https://sandbox.plaid.com/accounts/get" });
    } finally {
      globalThis.fetch = fetch;
    }
    // With any other receiver, workerd answers "Illegal invocation".
    assert(
      receivers[0] === undefined || receivers[0] === globalThis,
      "fetch was called as somebody's method",
    );
  });

  test("options.fetch is called as a plain function", async () => {
    let receiver = "unset";
    async function fetch() {
      receiver = this;
      return ok();
    }
    await new PlaidAdapter(env, { fetch }).request("/accounts/get");
    assert(receiver === undefined || receiver === globalThis, "it had a receiver");
  });

  test("initializePlaid names every wrong setting and leaves the settings as they were", async () => {
    const { fetch, calls } = upstream(json({ link_token: "link-sandbox-1" }));
    const adapter = new PlaidAdapter(env, { fetch });
    adapter.initializePlaid({ clientName: "Before" });
    const error = assertThrows(
      () =>
        adapter.initializePlaid({
          clientName: "",
          countryCodes: "US",
          language: 1,
          products: [1],
          accountSubtypes: [""],
        }),
      PlaidAdapterConfigurationError,
      { kind: "configuration", attempts: 0, retryable: false },
    );
    assertEquals(error.problems.length, 5, error.message);
    for (const field of ["clientName", "countryCodes", "language", "products", "accountSubtypes"]) {
      assert(
        error.problems.some((problem) => problem.includes(field)),
        `${field} is not named in ${error.message}`,
      );
    }
    for (const field of ["countryCodes", "products", "accountSubtypes"]) {
      const { problems } = assertThrows(
        () => adapter.initializePlaid({ [field]: [] }),
        PlaidAdapterConfigurationError,
      );
      assert(problems.length === 1 && problems[0].includes(field), `${problems}`);
    }
    await adapter.createLinkToken("user-1");
    assertEquals(calls[0].body.client_name, "Before");
  });

  test("initializePlaid refuses what is no object", () => {
    const adapter = new PlaidAdapter(env);
    for (const wrong of [1, "settings", [], true]) {
      assertError(
        assertThrows(() => adapter.initializePlaid(wrong), PlaidAdapterConfigurationError),
        PlaidAdapterConfigurationError,
        {
          kind: "configuration",
          message: /settings/,
        },
      );
    }
  });
}
