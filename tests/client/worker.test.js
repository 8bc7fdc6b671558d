// examples/rust-worker in workerd: the flow, a webhook, and clients that go away. In workerd a client that goes away ends
// its request at whatever await it is, and nothing after that runs.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { createServer, request } from "node:http";
import { createRequire } from "node:module";
import { before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { PlaidSandbox } from "../../dist/package/sandbox.js";

const { Miniflare, Response: MiniflareResponse } = createRequire(
  import.meta.resolve("wrangler/package.json"),
)("miniflare");
const root = new URL("../../", import.meta.url);
const build = fileURLToPath(new URL("examples/rust-worker/build/", root));

before(() => execFileSync("scripts/rust-worker.sh", { cwd: root, stdio: ["ignore", "inherit", "inherit"] }));

function start(t, options) {
  const miniflare = new Miniflare({
    modules: true,
    scriptPath: `${build}index.js`,
    modulesRoot: build,
    modulesRules: [{ type: "CompiledWasm", include: ["**/*.wasm"] }],
    compatibilityDate: "2026-04-01",
    kvNamespaces: ["TOKENS"],
    ...options,
  });
  t.after(() => miniflare.dispose());
  return miniflare;
}

test("the flow and the webhook route", async (t) => {
  const sandbox = new PlaidSandbox();
  const plaid = async ({ url, headers, text }) => {
    const response = await sandbox.fetch(url, { method: "POST", headers, body: text });
    const { status } = response;
    return new MiniflareResponse(await response.arrayBuffer(), { status, headers: [...response.headers] });
  };
  const worker = start(t, {
    bindings: sandbox.env,
    outboundService: async (sent) =>
      plaid({ url: sent.url, headers: [...sent.headers], text: await sent.text() }),
  });
  const call = (method, path, init) => worker.dispatchFetch(`http://localhost${path}`, { method, ...init });

  assert.equal((await call("GET", "/accounts")).status, 404);
  const { link_token } = await (await call("POST", "/link-token")).json();
  assert.equal(sandbox.requests()[0].body.webhook, "http://localhost/webhook");
  const { PLAID_CLIENT_ID: client_id, PLAID_SECRET: secret } = sandbox.env;
  const linked = await plaid({
    url: "https://sandbox.plaid.com/sandbox/plaid_edge/link/complete",
    headers: { "content-type": "application/json" },
    text: JSON.stringify({ client_id, secret, link_token }),
  });
  const { public_token } = await linked.json();
  assert.equal((await call("POST", "/exchange", { body: JSON.stringify({ public_token }) })).status, 204);
  sandbox.fail("/auth/get", { status: 503, retryAfter: "0" });
  assert.deepEqual((await (await call("GET", "/accounts")).json())[0], {
    name: "Plaid Checking",
    mask: "0000",
    subtype: "checking",
  });
  const refused = await call("POST", "/exchange", { body: JSON.stringify({ public_token: "public-1" }) });
  assert.deepEqual([refused.status, (await refused.json()).code], [422, "INVALID_PUBLIC_TOKEN"]);

  const { body, headers } = await sandbox.signWebhook({ webhook_type: "ITEM", webhook_code: "ERROR" });
  assert.equal((await call("POST", "/webhook", { body, headers })).status, 200);
  assert.equal((await call("POST", "/webhook", { body: body + " ", headers })).status, 400);
  assert.equal((await call("POST", "/webhook", { body })).status, 400);
});

test("a configuration that is missing is a problem of the worker's, and says nothing to the page", async (t) => {
  const worker = start(t, {});
  const response = await worker.dispatchFetch("http://localhost/link-token", { method: "POST" });
  assert.deepEqual([response.status, await response.json()], [503, { code: null, message: null }]);
});

/** Serves `respond(request, text, response)` until the test ends. */
async function upstream(t, respond) {
  const server = createServer(async (sent, response) => {
    let text = "";
    for await (const chunk of sent) text += chunk;
    respond(sent, text, response);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close(() => {}) && server.closeAllConnections());
  return `http://127.0.0.1:${server.address().port}`;
}

/** One request; with `dropAfter`, its connection is reset after so many milliseconds. */
function ask(base, path, { headers, body, dropAfter } = {}) {
  return new Promise((resolve, reject) => {
    const options = { method: "POST", headers, agent: false };
    const asked = request(new URL(path, base), options, async (response) => {
      try {
        let text = "";
        for await (const chunk of response) text += chunk;
        resolve({ status: response.statusCode, text });
      } catch {
        resolve(undefined);
      }
    });
    asked.on("error", (error) => (dropAfter === undefined ? reject(error) : resolve(undefined)));
    asked.end(body);
    // By a reset: workerd takes no notice of a connection that is merely closed.
    const drop = () =>
      asked.socket?.readyState === "open" ? asked.socket.resetAndDestroy() : asked.destroy();
    if (dropAfter !== undefined) setTimeout(drop, dropAfter);
  });
}

const credentials = new PlaidSandbox().env;

test("2,000 requests, a third of them dropped by their client", { timeout: 300_000 }, async (t) => {
  let served = 0;
  const url = await upstream(t, (sent, text, response) => {
    const at = served++;
    // A few are retried; so few that nobody's last attempt is among them.
    const isFailure = at < 5;
    const { client_user_id } = JSON.parse(text).user;
    const body = JSON.stringify({
      link_token: `link-${client_user_id}-${at}`,
      expiration: "",
      request_id: "r",
    });
    setTimeout(
      () => {
        response.writeHead(isFailure ? 503 : 200, { "retry-after": "0", "content-type": "application/json" });
        response.end(isFailure ? "{}" : body);
      },
      5 + (at % 25),
    );
  });
  const worker = start(t, { bindings: { ...credentials, PLAID_BASE_URL: url } });
  const base = await worker.ready;

  let next = 0;
  let dropped = 0;
  const lane = async () => {
    while (next < 2000) {
      const at = next++;
      const response = await ask(base, "/link-token", at % 3 === 0 ? { dropAfter: at % 25 } : {});
      if (response === undefined) dropped++;
      else {
        assert.equal(response.status, 200, response.text);
        assert.match(JSON.parse(response.text).link_token, /^link-user-1-\d+$/);
      }
    }
  };
  await Promise.all(Array.from({ length: 20 }, lane));
  assert.ok(dropped > 300, `only ${dropped} were dropped`);
  for (let n = 0; n < 20; n++) assert.equal((await ask(base, "/link-token")).status, 200);
  t.diagnostic(`${dropped} of 2,000 dropped, ${served} requests to Plaid`);
});

test("a key that a dropped request was fetching is fetched by the next", { timeout: 60_000 }, async (t) => {
  const sandbox = new PlaidSandbox();
  let asked = 0;
  let heard;
  const isAsked = new Promise((resolve) => (heard = resolve));
  const url = await upstream(t, async (sent, text, response) => {
    if (++asked === 1) return heard(); // and no response
    const { "content-type": type, "plaid-client-id": id, "plaid-secret": secret } = sent.headers;
    const headers = { "content-type": type, "plaid-client-id": id, "plaid-secret": secret };
    const answer = await sandbox.fetch(url + sent.url, { method: "POST", headers, body: text });
    response.writeHead(answer.status, [...answer.headers].flat());
    response.end(await answer.text());
  });
  const worker = start(t, { bindings: { ...sandbox.env, PLAID_BASE_URL: url } });
  const base = await worker.ready;
  const webhook = await sandbox.signWebhook({ webhook_type: "ITEM", webhook_code: "ERROR" });
  const lost = ask(base, "/webhook", { ...webhook, dropAfter: 1500 });
  await isAsked;
  await lost;
  assert.equal((await ask(base, "/webhook", webhook)).status, 200);
  assert.equal(asked, 2);
});
