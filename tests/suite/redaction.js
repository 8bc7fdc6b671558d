// An upstream that echoes the request, in any part of its answer or of its failure.

import { assert, assertEquals, rejection } from "./assert.js";
import { Clock } from "./clock.js";
import { env, upstream } from "./upstream.js";

const secret = 'sëcret/with+odd"chars\\0123456789';
const accessToken = "access-sandbox-8ab976e6-64bc-4b38-98f7-731e7a349970";
const publicToken = "public-sandbox-5c224a01-8314-4491-a06f-39e193d5cddc";

/** Every text that can be had out of a value: what a logger could print. */
function texts(value, seen = new Set()) {
  if (typeof value === "string") return [value];
  if (value === null || (typeof value !== "object" && typeof value !== "function") || seen.has(value))
    return [];
  seen.add(value);
  const found = [];
  for (let object = value; object && object !== Object.prototype; object = Object.getPrototypeOf(object)) {
    for (const key of Reflect.ownKeys(object)) {
      if (typeof key === "string") found.push(key);
      let member;
      try {
        member = value[key];
      } catch {
        continue;
      }
      found.push(...texts(member, seen));
    }
  }
  for (const show of [String, JSON.stringify]) {
    try {
      found.push(show(value) ?? "");
    } catch {
      // Not everything has a text.
    }
  }
  return found;
}

function forms(hidden) {
  const utf8 = String.fromCharCode(...new TextEncoder().encode(hidden));
  return [
    hidden,
    JSON.stringify(hidden).slice(1, -1),
    encodeURIComponent(hidden),
    btoa(utf8),
    btoa(utf8).replace(/=+$/, ""),
  ];
}

function assertHidden(value, ...hidden) {
  for (const text of texts(value)) {
    for (const form of hidden.flatMap(forms))
      assert(!text.includes(form), `a secret leaks in ${text.slice(0, 300)}`);
  }
}

/** The whole request as text. */
const echo = (url, init) => `${url} ${JSON.stringify([...init.headers])} ${init.body}`;

export default function (test, lib) {
  const { PlaidAdapter } = lib;
  const myEnv = { ...env, PLAID_SECRET: secret };
  const adapterOn = (answer, options) =>
    new PlaidAdapter(myEnv, { fetch: upstream(answer).fetch, maxRetries: 0, ...options });

  /** Each call, and the token in it. */
  const calls = {
    createLinkToken: [(adapter) => adapter.createLinkToken("user-1", { accessToken }), accessToken],
    exchangePublicToken: [(adapter) => adapter.exchangePublicToken(publicToken), publicToken],
    authRequest: [(adapter) => adapter.authRequest(accessToken), accessToken],
    identityRequest: [(adapter) => adapter.identityRequest(accessToken), accessToken],
    request: [
      (adapter) => adapter.request("/item/remove", { a: [{ access_token: accessToken }] }),
      accessToken,
    ],
    "another token": [
      (adapter) => adapter.request("/accounts/get", { processor_token: "just-any-text-0123" }),
      "just-any-text-0123",
    ],
  };

  const answers = {
    "an error page": (url, init) => new Response(echo(url, init), { status: 500 }),
    "an error of Plaid's": (url, init) => {
      const text = echo(url, init);
      const error = {
        error_type: text,
        error_code: text,
        error_message: text,
        display_message: text,
        documentation_url: text,
      };
      return Response.json({ ...error, suggested_action: text, request_id: text }, { status: 400 });
    },
    "an answer that is none": (url, init) => new Response(echo(url, init)),
    "a network failure": (url, init) => {
      throw new TypeError(echo(url, init));
    },
    "a text as failure": (url, init) => {
      throw echo(url, init);
    },
    "a failure with the request in it": (url, init) => {
      throw Object.assign(new TypeError("failed"), {
        request: { url, headers: Object.fromEntries(init.headers), body: init.body },
      });
    },
    "a failure with a cause": (url, init) => {
      throw new TypeError("failed", { cause: new Error(echo(url, init), { cause: echo(url, init) }) });
    },
    "a failure whose stack has it": (url, init) => {
      const error = new TypeError("failed");
      error.stack = echo(url, init);
      throw error;
    },
    encodings: (url, init) => {
      const tokens = JSON.stringify(JSON.parse(init.body)).match(/[\w]+-[\w-]{9,}/g);
      return new Response([secret, ...tokens].flatMap(forms).join(" | "), { status: 502 });
    },
    "base64 of the whole": (url, init) => {
      const utf8 = String.fromCharCode(...new TextEncoder().encode(`${echo(url, init)}`));
      return new Response(btoa(utf8), { status: 502 });
    },
  };

  for (const [method, [call, token]] of Object.entries(calls)) {
    for (const [what, answer] of Object.entries(answers)) {
      test(`${method} against ${what}`, async () => {
        const attempts = [];
        const error = await rejection(() =>
          call(adapterOn(answer, { onAttempt: (attempt) => attempts.push(attempt) })),
        );
        assert(error instanceof lib.PlaidAdapterError, String(error));
        assertHidden(error, secret, token);
        assertHidden(attempts, secret, token);
      });
    }
  }

  test("secrets are cut out, and the rest stays", async () => {
    const answer = () => new Response(`before ${secret} between ${accessToken} after`, { status: 500 });
    const { errorDetails } = await rejection(() => adapterOn(answer).authRequest(accessToken));
    assert(/^before \S+ between \S+ after$/.test(errorDetails), errorDetails);
  });

  test("a secret at the place where errorDetails is cut", async () => {
    for (let at = 16_384 - secret.length; at <= 16_384; at += 3) {
      const answer = () => new Response("x".repeat(at) + secret, { status: 500 });
      const { errorDetails } = await rejection(() => adapterOn(answer).authRequest(accessToken));
      assert(!errorDetails.includes(secret.slice(0, 8)), "a part of it is left");
    }
  });

  test("the failure behind a used-up public token", () =>
    Clock.run(async (clock) => {
      const { fetch } = upstream(
        (url, init) => {
          throw new Error(echo(url, init));
        },
        (url, init) =>
          Response.json(
            { error_code: "INVALID_PUBLIC_TOKEN", error_message: echo(url, init) },
            { status: 400 },
          ),
      );
      const failing = rejection(() => new PlaidAdapter(myEnv, { fetch }).exchangePublicToken(publicToken));
      await clock.fire(250);
      const error = await failing;
      assertEquals(error.attempts, 2);
      assertHidden(error, secret, publicToken);
    }));

  test("the adapter itself shows nothing", () => {
    const adapter = new PlaidAdapter(myEnv);
    assertHidden(
      [
        String(adapter),
        JSON.stringify(adapter),
        ...Object.keys(adapter),
        ...Object.values(adapter).map(String),
      ],
      secret,
    );
  });

  test("invalid arguments are not repeated", async () => {
    const error = await rejection(() =>
      adapterOn(answers["an error page"]).request(`/${accessToken}?x`, { access_token: accessToken }),
    );
    assertHidden(error, accessToken, secret);
  });
}
