// In workerd a client that goes away ends its request at whatever await it is, and nothing after that runs. A
// third of the requests go that way; the isolate answers all that come later, and its memory does not grow.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { test } from "node:test";
import { Miniflare } from "miniflare";
import { env } from "../suite/upstream.js";
import { packageFolder } from "./package.js";
import { json, serve } from "./upstream.js";

const probe = `const memories = [];
const { Instance } = WebAssembly;
WebAssembly.Instance = class extends Instance {
  constructor(module, imports) {
    super(module, imports);
    memories.push(this.exports.memory);
  }
};
export const bytes = () => memories[0].buffer.byteLength;`;

const worker = `import { bytes } from "./probe.js";
import { PlaidAdapter } from "./index-workerd.js";
let adapter;
let unfinished = 0;
export default {
  async fetch(request, env) {
    adapter ??= new PlaidAdapter(env, { maxRetries: 9 });
    const { pathname, searchParams } = new URL(request.url);
    if (pathname === "/bytes") return Response.json(bytes());
    if (pathname === "/unfinished") return Response.json(unfinished);
    // With the request's signal calls end by themselves; without it, they just stop.
    const options = searchParams.has("signal") ? { signal: request.signal } : {};
    const id = searchParams.get("id");
    unfinished++;
    try {
      return Response.json(await (pathname === "/token" ? adapter.createLinkToken(id, options) : adapter.authRequest(id, options)));
    } finally {
      unfinished--;
    }
  },
};`;

const module = (type, path, contents) => ({ type, path, contents });
const file = (type, path) =>
  module(type, path, readFileSync(join(packageFolder, path), type === "ESModule" ? "utf8" : null));

async function start(t, url) {
  const miniflare = new Miniflare({
    modules: [
      module("ESModule", "worker.js", worker),
      module("ESModule", "probe.js", probe),
      file("ESModule", "index-workerd.js"),
      file("ESModule", "index-glue.js"),
      file("CompiledWasm", "plaid_edge.wasm"),
    ],
    compatibilityDate: "2026-04-01",
    compatibilityFlags: ["enable_request_signal"],
    bindings: { ...env, PLAID_BASE_URL: url },
  });
  t.after(() => miniflare.dispose());
  return miniflare.ready;
}

/** One request; with `dropAfter`, its connection is cut after so many milliseconds. */
function ask(base, path, dropAfter) {
  return new Promise((resolve, reject) => {
    const asked = request(new URL(path, base), { agent: false }, async (response) => {
      try {
        let text = "";
        for await (const chunk of response) text += chunk;
        resolve({ status: response.statusCode, text });
      } catch {
        resolve(undefined);
      }
    });
    asked.on("error", (error) => (dropAfter === undefined ? reject(error) : resolve(undefined)));
    asked.end();
    // By a reset: workerd takes no notice of a connection that is merely closed.
    if (dropAfter !== undefined)
      setTimeout(
        () => (asked.socket?.readyState === "open" ? asked.socket.resetAndDestroy() : asked.destroy()),
        dropAfter,
      );
  });
}

test("1,500 requests, of which every third is dropped by its client", { timeout: 120_000 }, async (t) => {
  // Answers after a moment, in two parts or, at times, with a failure that is tried again.
  let served = 0;
  const { url } = await serve(t, (socket, { body }) => {
    const at = served++;
    const { access_token, user } = JSON.parse(body);
    const echo = { id: access_token ?? user.client_user_id };
    const answer = at % 10 === 9 ? json(503, {}, { "retry-after": "0" }) : json(200, echo);
    setTimeout(() => socket.write(answer.subarray(0, 40)), at % 20);
    setTimeout(() => socket.end(answer.subarray(40)), (at % 20) + 10);
  });
  const base = await start(t, url);
  const bytes = async () => Number((await ask(base, "/bytes")).text);

  let dropped = 0;
  const round = async (count) => {
    let next = 0;
    const lane = async () => {
      while (next < count) {
        const id = `access-sandbox-${next}`;
        const isDropped = next % 3 === 0;
        const path = `${next % 2 ? "/auth" : "/token"}?id=${id}${next++ % 4 < 2 ? "&signal" : ""}`;
        const answer = await ask(base, path, isDropped ? next % 25 : undefined);
        if (!answer) dropped++;
        else if (answer.status === 200) assert.deepEqual(JSON.parse(answer.text), { id });
        else assert.fail(`${answer.status}: ${answer.text}`);
      }
    };
    await Promise.all(Array.from({ length: 20 }, lane));
  };

  await round(300);
  const before = await bytes();
  dropped = 0;
  await round(1500);
  assert.ok(dropped > 300, `only ${dropped} were dropped`);
  for (let n = 0; n < 20; n++) {
    const { status, text } = await ask(base, `/auth?id=later-${n}`);
    assert.equal(status, 200, text);
    assert.deepEqual(JSON.parse(text), { id: `later-${n}` });
  }
  const unfinished = Number((await ask(base, "/unfinished")).text);
  assert.ok(unfinished > 50, `only ${unfinished} requests ended at an await`);
  const after = await bytes();
  t.diagnostic(
    `${dropped} of 1,500 dropped, ${unfinished} ended at an await; wasm memory ${before} bytes before, ${after} after`,
  );
  assert.equal(after, before);
});
