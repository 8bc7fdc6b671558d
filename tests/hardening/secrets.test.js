// A canary in every credential and token: whatever the upstream echoes, in whatever encoding, nothing that can be
// printed of an error, an attempt, a log or the adapter itself holds one.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { inspect } from "node:util";
import { serialize } from "node:v8";
import { rejection } from "../suite/assert.js";
import { operations } from "../suite/operations.js";
import { lib, packageFolder } from "./package.js";
import { http, serve } from "./upstream.js";

const { PlaidAdapter } = lib;
const env = {
  PLAID_CLIENT_ID: "canary1client0f5e6d7c8b9a",
  PLAID_SECRET: "canary2secret~a+b/c=d\"e\\f&g<h>'i ünd",
  PLAID_ENV: "sandbox",
};
const accessToken = "access-sandbox-ca0a7741-64bc-4b38-98f7-731e7a349970";
const publicToken = "public-production-ca0a7741-8314-4491-a06f-39e193d5cddc";
const otherToken = "canary5-another-token-0123456789";
const canaries = [env.PLAID_CLIENT_ID, env.PLAID_SECRET, accessToken, publicToken, otherToken];

/** Calls with a canary in every token that they take. */
const calls = {
  ...Object.fromEntries(operations.map(({ method, call }) => [method, call])),
  createLinkToken: (adapter, options) => adapter.createLinkToken("user-1", { accessToken, ...options }),
  exchangePublicToken: (adapter, options) => adapter.exchangePublicToken(publicToken, options),
  authRequest: (adapter, options) => adapter.authRequest(accessToken, options),
  identityRequest: (adapter, options) => adapter.identityRequest(accessToken, options),
  request: (adapter, options) =>
    adapter.request(
      "/item/remove",
      { deep: [{ a_token: otherToken, tokens: [accessToken] }], My_Secret: publicToken },
      options,
    ),
};

/* What is searched. */

const log = [];
const restore = [];
before(() => {
  for (const name of ["log", "info", "warn", "error", "debug", "trace", "dir"]) {
    const { [name]: original } = console;
    console[name] = (...values) => log.push(...values);
    restore.push(() => (console[name] = original));
  }
  for (const event of ["warning", "unhandledRejection"]) {
    const note = (value) => log.push(value);
    process.on(event, note);
    restore.push(() => process.off(event, note));
  }
});
after(() => {
  for (const undo of restore) undo();
  assertClean(log);
});

const codes = (text, write) => [...text].map((char) => write(char.codePointAt(0), char)).join("");
const ascii = (text) =>
  text.replace(/[^ -~]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);
const quoted = (text) => JSON.stringify(text).slice(1, -1);
const base64 = (text, before = "") => Buffer.from(before + text).toString("base64");
const entities = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/** The encodings in which an upstream may echo a secret. */
const encodings = {
  "as it is": (text) => text,
  JSON: quoted,
  "JSON with escaped slashes": (text) => quoted(text).replaceAll("/", "\\/"),
  "JSON in ASCII": (text) => ascii(quoted(text)),
  "JSON in ASCII, upper case": (text) =>
    ascii(quoted(text)).replace(/\\u..../g, (code) => `\\u${code.slice(2).toUpperCase()}`),
  "JSON in JSON": (text) => quoted(quoted(text)),
  "JSON in JSON, in ASCII": (text) => quoted(ascii(quoted(text))),
  URL: encodeURIComponent,
  "URL, lower case": (text) => encodeURIComponent(text).replace(/%../g, (code) => code.toLowerCase()),
  "URL, strict": (text) =>
    encodeURIComponent(text).replace(
      /[!'()*~]/g,
      (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
    ),
  form: (text) => new URLSearchParams({ text }).toString().slice(5),
  "URL twice": (text) => encodeURIComponent(encodeURIComponent(text)),
  HTML: (text) => text.replace(/[&<>"']/g, (char) => entities[char]),
  "HTML with leading zeros": (text) => codes(text, (code) => `&#${String(code).padStart(5, "0")};`),
  "HTML in hexadecimal": (text) => codes(text, (code) => `&#x${code.toString(16)};`),
  "HTML in hexadecimal, with leading zeros": (text) =>
    codes(text, (code) => `&#X${code.toString(16).padStart(4, "0")};`),
  base64: (text) => base64(text),
  "base64 after one byte": (text) => base64(text, "x"),
  "base64 after two bytes": (text) => base64(text, "xy"),
  "base64 within": (text) => Buffer.from(`{"a":"${text}","b":1}`).toString("base64"),
  base64url: (text) => Buffer.from(text).toString("base64url"),
  "basic authentication": (text) => base64(`${env.PLAID_CLIENT_ID}:${text}`),
  "upper case": (text) => text.toUpperCase(),
};

/** What is looked for: the canaries in every encoding, without the ends that base64 mixes with their neighbours. */
const forms = canaries.flatMap((canary) =>
  Object.values(encodings).map((encode) => encode(canary).replace(/=+$/, "")),
);
const cores = canaries.flatMap((canary) =>
  ["", "x", "xy"].map((before) => base64(canary, before).slice(4, -4)).map((text) => text.replace(/=+$/, "")),
);

/** Every text that can be had out of a value. */
function texts(value) {
  const found = [String(value), value?.stack, value?.message];
  for (const cause of [value, value?.cause, value?.cause?.cause]) {
    found.push(
      inspect(cause, {
        showHidden: true,
        depth: Infinity,
        getters: true,
        maxStringLength: Infinity,
        maxArrayLength: Infinity,
      }),
    );
    found.push(JSON.stringify(cause) ?? "", String(cause?.stack));
    try {
      found.push(serialize(cause).toString("latin1"), serialize(cause).toString("utf16le"));
    } catch {
      // Not everything can be cloned.
    }
  }
  return found.filter((text) => typeof text === "string");
}

function assertClean(value) {
  for (const text of texts(value)) {
    // inspect escapes quotes and backslashes once more.
    for (const shown of [text, text.replaceAll("\\\\", "\\").replaceAll("\\'", "'")]) {
      for (const form of [...forms, ...cores]) {
        if (shown.includes(form))
          assert.fail(`${form} in ${shown.slice(Math.max(0, shown.indexOf(form) - 200)).slice(0, 600)}`);
      }
    }
  }
}

/* Who echoes. */

const everything = (headers, body) => {
  const tokens = canaries.filter((canary) => body.includes(canary));
  return `${JSON.stringify(headers)} ${body} ${[env.PLAID_CLIENT_ID, env.PLAID_SECRET, ...tokens].join(" ")}`;
};
const asPlaid = (text, status = 400) => {
  const names = [
    "error_type",
    "error_code",
    "error_message",
    "display_message",
    "documentation_url",
    "suggested_action",
  ];
  return Response.json(Object.fromEntries([...names, "request_id"].map((name) => [name, text])), { status });
};

/** An error that shows its private state through a member of its class. */
function withPrivateState(text, member) {
  class Private extends Error {
    #text = text;
    [member]() {
      return this.#text;
    }
  }
  return new Private("failed");
}
class Inherited extends Error {
  get request() {
    return this.text;
  }
}

const echoes = {
  "a page": (text) => new Response(text, { status: 502 }),
  "an error of Plaid's": (text) => asPlaid(text),
  "an error of Plaid's, 429": (text) => asPlaid(text, 429),
  "an answer that is none": (text) => new Response(text),
  "a status text": (text) => new Response("", { status: 500, statusText: text.replace(/[^ -~]/g, "?") }),
  headers: (text) =>
    new Response("", { status: 500, headers: { "retry-after": encodeURI(text), location: encodeURI(text) } }),
  "a message": (text) => thrown(new TypeError(text)),
  "a text": (text) => thrown(text),
  "a name": (text) => thrown(Object.assign(new Error("failed"), { name: text })),
  "a code": (text) => thrown(Object.assign(new Error("failed"), { code: text })),
  "a stack": (text) => thrown(Object.assign(new Error("failed"), { stack: text })),
  "a member": (text) => thrown(Object.assign(new Error("failed"), { request: { text } })),
  "a hidden member": (text) => thrown(Object.defineProperty(new Error("failed"), "request", { value: text })),
  "a symbol": (text) =>
    thrown(Object.assign(new Error("failed"), { [Symbol(text)]: 1, [Symbol("s")]: text })),
  "a key": (text) => thrown(Object.assign(new Error("failed"), { [text]: 1 })),
  "a getter": (text) =>
    thrown(Object.defineProperty(new Error("failed"), "request", { get: () => text, enumerable: true })),
  "private state by toJSON": (text) => thrown(withPrivateState(text, "toJSON")),
  "private state by inspect": (text) => thrown(withPrivateState(text, inspect.custom)),
  "an inherited getter": (text) => thrown(Object.assign(new Inherited("failed"), { text })),
  "a map": (text) => thrown(Object.assign(new Error("failed"), { headers: new Map([[text, text]]) })),
  bytes: (text) => thrown(Object.assign(new Error("failed"), { bytes: Buffer.from(text) })),
  causes: (text) =>
    thrown(
      new Error("a", {
        cause: new Error("b", { cause: new Error("c", { cause: new Error("d", { cause: text }) }) }),
      }),
    ),
  "several errors": (text) => thrown(new AggregateError([new Error(text), text], "failed")),
  "an object": (text) => thrown({ text, toString: () => text }),
  "a function": (text) => thrown(Object.assign(() => {}, { text })),
  "a request": (text, init) =>
    thrown(
      Object.assign(new Error("failed"), {
        request: new Request("https://example.com", {
          method: "POST",
          headers: init.headers,
          body: init.body,
        }),
        init,
      }),
    ),
};
function thrown(error) {
  throw error;
}

for (const [method, call] of Object.entries(calls)) {
  for (const [what, echo] of Object.entries(echoes)) {
    test(`${method}: echoed in ${what}`, async () => {
      const attempts = [];
      const fetch = async (url, init) => echo(everything([...init.headers], init.body), init);
      const adapter = new PlaidAdapter(env, { fetch, onAttempt: (attempt) => attempts.push(attempt) });
      const error = await rejection(() => call(adapter, { maxRetries: 0 }));
      assert.ok(error instanceof lib.PlaidAdapterError, inspect(error));
      assert.equal(attempts.length, 1);
      assertClean(error);
      assertClean(attempts);
      assertClean(adapter);
      // What a host prints when nobody catches it.
      assertClean(inspect(new Error("wrapped", { cause: error }), { showHidden: true }));
    });
  }

  for (const [encoding, encode] of Object.entries(encodings)) {
    test(`${method}: echoed as ${encoding}`, async () => {
      const fetch = async (url, init) => {
        const sent = canaries.filter(
          (canary) =>
            [...init.headers, init.body].flat().join("\n").includes(canary) ||
            init.body.includes(quoted(canary)),
        );
        const echoed = [...sent, env.PLAID_SECRET].map((canary) => `a=${encode(canary)};`).join("\n");
        return new Response(echoed, { status: 400 });
      };
      const error = await rejection(() => call(new PlaidAdapter(env, { fetch })));
      assert.ok(error.errorDetails.includes("[redacted]"), error.errorDetails);
      assertClean(error);
    });
  }

  test(`${method}: echoed by a server`, async (t) => {
    const { url } = await serve(t, (socket, { head, body }) =>
      socket.end(http(400, {}, Buffer.from(head + body, "latin1"))),
    );
    const ascii = { ...env, PLAID_SECRET: "canary6secret0123456789", PLAID_BASE_URL: url };
    canaries.push(ascii.PLAID_SECRET);
    const error = await rejection(() => call(new PlaidAdapter(ascii)));
    assert.ok(error.errorDetails.includes("POST /"), error.errorDetails);
    for (const text of texts(error)) assert.ok(!text.includes(ascii.PLAID_SECRET), text);
    assertClean(error);
  });
}

test("text that is made to be slow to search is searched all the same", () => {
  const pieces = ["\\", "%25", "25", "&#0", "0", "\\u0", "\\u00", "canary2secret", "[", "access-sandbox-"];
  const code = `
    const { PlaidAdapter } = await import(${JSON.stringify(pathToFileURL(join(packageFolder, "index.js")).href)});
    for (const piece of ${JSON.stringify(pieces)}) {
      const fetch = async () => new Response("%&#" + piece.repeat(300_000), { status: 400 });
      await new PlaidAdapter(${JSON.stringify(env)}, { fetch }).authRequest("access-sandbox-1").catch(() => {});
    }`;
  // In a process of its own, because a search that goes on for hours can't be interrupted.
  execFileSync(process.execPath, ["--input-type=module", "-e", code], { timeout: 60_000 });
});

test("tokens in Plaid's form are hidden, also those of other calls", async () => {
  for (const kind of ["access", "public", "processor", "link", "asset-report", "user"]) {
    for (const environment of ["sandbox", "development", "production"]) {
      const foreign = `${kind}-${environment}-0f0e0d0c-1111-2222-3333-444455556666`;
      const fetch = async () => new Response(`token ${foreign}, ${foreign.toUpperCase()}.`, { status: 400 });
      const error = await rejection(() => new PlaidAdapter(env, { fetch }).authRequest(accessToken));
      assert.match(error.errorDetails, /^token \S+, \S+\.$/);
      for (const text of texts(error)) assert.ok(!/0f0e0d0c/i.test(text), text);
    }
  }
});

test("a token too long to be searched for as a whole, and a secret that is a word", async () => {
  const long = "canary7-".repeat(200);
  const fetch = async (url, init) => new Response(`said ${init.body}, it said`, { status: 400 });
  const adapter = new PlaidAdapter({ ...env, PLAID_SECRET: "said" }, { fetch });
  const shown = async (body) => (await rejection(() => adapter.request("/item/get", body))).errorDetails;
  assert.equal(await shown({ a_token: long }), "[redacted]");
  assert.equal(await shown({ a_token: otherToken }), 'said {"a_token":"[redacted]"}, it said');
});

test("one secret within another", async () => {
  const secret = `${env.PLAID_CLIENT_ID}-and-a-tail`;
  const longer = `${otherToken}-and-a-tail`;
  for (const [id, secondSecret] of [
    [env.PLAID_CLIENT_ID, secret],
    [secret, env.PLAID_CLIENT_ID],
  ]) {
    const fetch = async () => new Response(`${secret} ${longer}`, { status: 400 });
    const adapter = new PlaidAdapter({ ...env, PLAID_CLIENT_ID: id, PLAID_SECRET: secondSecret }, { fetch });
    for (const body of [
      { a_token: otherToken, b_token: longer },
      { b_token: longer, a_token: otherToken },
    ]) {
      const { errorDetails } = await rejection(() => adapter.request("/item/get", body));
      assert.ok(!errorDetails.includes("tail"), errorDetails);
    }
  }
});

test("what is wrong with a configuration is said without its values", async () => {
  const wrong = [
    { ...env, PLAID_ENV: `no-${accessToken}` },
    { ...env, PLAID_SECRET: `${env.PLAID_SECRET}\n` + "x\ny" },
    { ...env, PLAID_CLIENT_ID: `${env.PLAID_CLIENT_ID}\u0100` },
    { ...env, PLAID_BASE_URL: `https://user:${otherToken}@example.com` },
    { ...env, PLAID_BASE_URL: `https://example.com/?secret=${otherToken}` },
    { ...env, PLAID_BASE_URL: `http://${otherToken}.example.com` },
    { ...env, PLAID_ENV: { get: async () => accessToken } },
    { ...env, PLAID_SECRET: { get: async () => thrown(new Error(env.PLAID_SECRET)) } },
  ];
  for (const given of wrong) {
    for (const make of [async () => new PlaidAdapter(given), () => PlaidAdapter.fromEnv(given)]) {
      const error = await rejection(make);
      assert.equal(error.constructor, lib.PlaidAdapterConfigurationError);
      assertClean(error);
    }
  }
});

test("wrong arguments are not repeated", async () => {
  const adapter = new PlaidAdapter(env, { fetch: async () => new Response("{}") });
  for (const start of [
    () => adapter.request(`/${accessToken}?`, {}),
    () => adapter.request("/item/get", [accessToken]),
    () => adapter.request("/item/get", { toJSON: () => thrown(new Error(accessToken)) }),
    () => adapter.authRequest({ accessToken }),
    () => adapter.authRequest(accessToken, { accountIds: [accessToken, 1] }),
    () => adapter.authRequest(accessToken, { signal: accessToken }),
    () => adapter.createLinkToken("user-1", { overrides: accessToken }),
    () => adapter.createLinkToken("user-1", { accessToken: [accessToken] }),
    () => adapter.verifyWebhook(otherToken),
    () => adapter.verifyWebhook({ body: otherToken, headers: { "plaid-verification": otherToken } }),
  ]) {
    assertClean(await rejection(start));
  }
});

test("no stack shows wasm's frames", async () => {
  const adapter = new PlaidAdapter(env, { fetch: async () => new Response("{}") });
  for (const start of [
    async () => new PlaidAdapter({}),
    async () => adapter.initializePlaid(1),
    () => adapter.authRequest(1),
    () => adapter.verifyWebhook({ body: "", headers: {} }),
  ]) {
    const { stack } = await rejection(start);
    assert.ok(stack.includes("\n    at ") && !stack.includes("wasm"), stack);
  }
});

test("what lies about shows nothing: the adapter, its promises, its iterators", async () => {
  const adapter = new PlaidAdapter(env, { fetch: () => new Promise(() => {}) });
  const controller = new AbortController();
  const pending = adapter.authRequest(accessToken, { signal: controller.signal });
  const events = adapter.bankTransferEvents();
  for (const value of [adapter, pending, events, PlaidAdapter]) assertClean(value);
  assertClean(await PlaidAdapter.fromEnv(env));
  controller.abort("enough");
  await assert.rejects(pending, (reason) => reason === "enough");
});
