// `plaid-edge sandbox`, as a program sees it: its output, its exit and its HTTP.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import { connect } from "node:net";
import { request } from "node:http";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { importJWK, jwtVerify, decodeProtectedHeader } from "jose";
import { cli, serve } from "./server.js";
import { packed } from "./world.js";

/** Runs the command to its end. */
async function run(...args) {
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [cli, ...args]);
    return { code: 0, stdout, stderr };
  } catch ({ code, stdout, stderr }) {
    return { code, stdout, stderr };
  }
}

test("it serves the sandbox and prints the environment to paste", async () => {
  const { env, plaid, stop } = await serve();
  assert.deepEqual(Object.keys(env), ["PLAID_CLIENT_ID", "PLAID_SECRET", "PLAID_ENV", "PLAID_BASE_URL"]);
  assert.equal(env.PLAID_ENV, "sandbox");
  assert.match(env.PLAID_BASE_URL, /^http:\/\/127\.0\.0\.1:\d+$/);
  const linked = { institution_id: "ins_109508", initial_products: ["auth"] };
  const { public_token } = await plaid("/sandbox/public_token/create", linked);
  const { access_token } = await plaid("/item/public_token/exchange", { public_token });
  const { numbers } = await plaid("/auth/get", { access_token });
  assert.equal(numbers.ach.length, 3);
  assert.equal(await stop(), 0);
});

test("credentials and the host can be chosen", async () => {
  const { env, post, stop } = await serve("--client-id", "mine", "--secret=hush", "--host", "localhost");
  assert.equal(env.PLAID_CLIENT_ID, "mine");
  assert.match(env.PLAID_BASE_URL, /^http:\/\/localhost:/);
  const headers = { "plaid-client-id": "mine", "plaid-secret": "hush" };
  const { error_code } = await (await post("/item/get", { access_token: "x" }, headers)).json();
  assert.equal(error_code, "INVALID_ACCESS_TOKEN");
  assert.equal(await stop("SIGINT"), 0);
});

test("its controls work over HTTP", async () => {
  const { post, plaid, url, stop } = await serve();
  assert.equal(
    (await post("/control/fail", { path: "/item/get", errorCode: "RATE_LIMIT", retryAfter: "3" })).status,
    200,
  );
  const limited = await post("/item/get", {});
  assert.deepEqual([limited.status, limited.headers.get("retry-after")], [429, "3"]);

  const { body, headers } = await (
    await post("/control/sign-webhook", { payload: { a: 1 }, issuedAt: 7 })
  ).json();
  assert.equal(body, '{\n  "a": 1\n}');
  const token = headers["plaid-verification"];
  const { key } = await plaid("/webhook_verification_key/get", { key_id: decodeProtectedHeader(token).kid });
  const { payload } = await jwtVerify(token, await importJWK(key, "ES256"));
  assert.equal(payload.iat, 7);

  const seen = await (await fetch(`${url}/control/requests`)).json();
  assert.deepEqual(seen[0], { path: "/item/get", body: {} });
  assert.equal(seen.length, 2);
  assert.equal((await post("/control/reset", "")).status, 200);
  assert.deepEqual(await (await fetch(`${url}/control/requests`)).json(), []);
  await stop();
});

test("wrong controls say what is wrong", async () => {
  const { post, url, stop } = await serve();
  const error = async (response) => [response.status, (await response.json()).error];
  assert.deepEqual(await error(await post("/control/fail", { path: "/x", tmes: 1 })), [
    400,
    "fault.tmes is unknown: fault has times, status, errorType, errorCode, errorMessage, retryAfter, rawBody, networkError, hang, delayMs",
  ]);
  assert.match((await error(await post("/control/fail", "")))[1], /^path must be/);
  for (const body of [{}, { webhook_type: "ITEM" }]) {
    assert.match((await error(await post("/control/sign-webhook", body)))[1], /^payload must be/);
  }
  for (const body of ["{", "[]", "null", "7"]) {
    assert.deepEqual(await error(await post("/control/fail", body)), [400, "the body must be a JSON object"]);
  }
  assert.deepEqual(await error(await fetch(`${url}/control/fail`)), [
    404,
    "there is no control GET /control/fail",
  ]);
  // The connection may be cut before the answer has been read.
  const large = await post("/control/fail", "x".repeat(11 * 1024 * 1024)).catch(() => undefined);
  assert.ok(large === undefined || large.status === 413);
  assert.equal((await post("/control/reset", "")).status, 200);
  await stop();
});

test("a dropped connection, an endless answer and a hang are real", async () => {
  const { post, child, stop } = await serve();
  await post("/control/fail", { path: "/item/get", networkError: true });
  await assert.rejects(post("/item/get", {}), { name: "TypeError", message: "fetch failed" });

  await post("/control/fail", { path: "/item/get", hang: true, status: 200, rawBody: '{"it' });
  const endless = await post("/item/get", {});
  const reader = endless.body.getReader();
  assert.equal(new TextDecoder().decode((await reader.read()).value), '{"it');

  await post("/control/fail", { path: "/item/get", hang: true });
  const hanging = post("/item/get", {}).catch((error) => error);
  const seen = async () => (await post("/control/requests", "")).status; // a later request is still answered
  assert.equal(await seen(), 404);
  // Open connections don't keep it from stopping.
  assert.equal(await stop(), 0);
  assert.ok((await hanging) instanceof TypeError);
  await assert.rejects(reader.read());
  assert.equal(child.exitCode, 0);
});

test("only pages of this machine may call it", async () => {
  const { url, post, stop } = await serve();
  for (const origin of ["http://localhost:5173", "http://127.0.0.1", "https://[::1]:8443"]) {
    const answer = await post("/item/get", {}, { origin });
    assert.equal(answer.headers.get("access-control-allow-origin"), origin);
  }
  const preflight = await fetch(`${url}/item/get`, {
    method: "OPTIONS",
    headers: { origin: "http://localhost:5173", "access-control-request-method": "POST" },
  });
  assert.equal(preflight.status, 204);
  assert.match(preflight.headers.get("access-control-allow-headers"), /plaid-client-id/);
  for (const origin of [
    "https://example.com",
    "null",
    "http://localhost.example.com",
    "http://127.0.0.1.example.com",
    "x",
  ]) {
    const answer = await post("/control/reset", "", { origin });
    assert.equal(answer.status, 403);
    assert.equal(answer.headers.get("access-control-allow-origin"), null);
  }
  await stop();
});

/** The status for a request with this Host header. */
function statusFor(url, host) {
  return new Promise((resolve, reject) => {
    request(`${url}/control/requests`, { headers: { host } }, (response) =>
      resolve(response.resume().statusCode),
    )
      .on("error", reject)
      .end();
  });
}

test("every request gets a response, whatever its method and target", async () => {
  const { url, stop } = await serve();
  const { host, hostname, port } = new URL(url);
  const statusOf = (method, path) =>
    new Promise((resolve, reject) => {
      request({ hostname, port, method, path }, (response) => resolve(response.resume().statusCode))
        .on("error", reject)
        .end();
    });
  const expected = [
    ["POST", "//", 404],
    ["POST", "//auth/get", 404],
    ["GET", "//example.com/control/requests", 404],
    ["GET", `http://${host}/control/requests`, 200],
    ["GET", "*", 400],
    ["GET", "http://[", 400],
    ["TRACE", "/auth/get", 405],
    ["PUT", "/auth/get", 404],
  ];
  for (const [method, path, status] of expected) {
    assert.equal(await statusOf(method, path), status, `${method} ${path}`);
  }
  await stop();
});

test("a name that merely leads here is refused", async () => {
  const { url, stop } = await serve();
  const status = (host) => statusFor(url, host);
  const { port } = new URL(url);
  assert.equal(await status(`localhost:${port}`), 200);
  for (const host of [
    "example.com",
    `localhost.example.com:${port}`,
    "127.0.0.1@example.com",
    "0.0.0.0",
    " ",
  ]) {
    assert.equal(await status(host), 403, host);
  }
  await stop();
});

test("on a public address it warns, and still knows no strangers", async () => {
  const server = await serve("--host", "0.0.0.0");
  const [warning] = await once(server.child.stderr, "data");
  assert.equal(
    String(warning),
    "plaid-edge: warning: everyone on the network can reach this sandbox and its controls\n",
  );
  assert.match(server.url, /^http:\/\/127\.0\.0\.1:\d+$/);
  for (const host of ["plaid:8791", "192.0.2.1", "host.docker.internal:80", "localhost"]) {
    assert.equal(await statusFor(server.url, host), 200, host);
  }
  for (const host of ["example.com", "plaid.example.com:8791", "internal.example"]) {
    assert.equal(await statusFor(server.url, host), 403, host);
  }
  assert.equal((await server.post("/control/reset", "", { origin: "http://web:3000" })).status, 200);
  assert.equal((await server.post("/control/reset", "", { origin: "https://example.com" })).status, 403);
  await server.stop();
});

test("it posts webhooks to the hosts that it is told", async () => {
  const { child, plaid, stop } = await serve("--webhook-host", "app.invalid", "--webhook-host=other.invalid");
  for (const host of ["app.invalid", "other.invalid"]) {
    const line = once(child.stderr, "data");
    await plaid("/sandbox/bank_transfer/fire_webhook", { webhook: `http://${host}/hook` });
    // There is no such host, but it was looked for.
    assert.match(String((await line)[0]), new RegExp(`^webhook to http://${host}/hook: no response`));
  }
  await stop();
});

test("it posts webhooks to local receivers, and tells what came of it", async () => {
  const receiver = createServer((message, response) => {
    response.end();
    receiver.emit("webhook", message.headers["plaid-verification"]);
  }).listen(0, "127.0.0.1");
  await once(receiver, "listening");
  const { child, plaid, stop } = await serve();
  const told = async () => String((await once(child.stderr, "data"))[0]);
  const url = `http://127.0.0.1:${receiver.address().port}/`;
  const webhook = once(receiver, "webhook");
  let line = told();
  await plaid("/sandbox/bank_transfer/fire_webhook", { webhook: url });
  assert.match((await webhook)[0], /^ey[\w-]+\.[\w-]+\.[\w-]+$/);
  assert.equal(await line, `webhook to ${url}: response 200\n`);
  line = told();
  await plaid("/sandbox/bank_transfer/fire_webhook", { webhook: "http://127.0.0.1:1/" });
  assert.match(await line, /^webhook to http:\/\/127\.0\.0\.1:1\/: no response \(.+\)\n$/);
  await stop();
  receiver.close();
});

test("nonsense on the wire doesn't end it", async () => {
  const { url, post, stop } = await serve();
  const { port, hostname } = new URL(url);
  for (const bytes of [
    "nonsense\r\n\r\n",
    "POST /item/get HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n{",
    "TRACE / HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "POST //[ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n",
  ]) {
    const socket = connect(port, hostname);
    socket.on("error", () => {});
    await once(socket, "connect");
    socket.end(bytes);
    socket.resume();
    await once(socket, "close");
  }
  assert.equal((await post("/item/get", {})).status, 400);
  assert.equal(await stop(), 0);
});

test("a taken port is one clear line and a failure", async () => {
  const holder = createServer().listen(0, "127.0.0.1");
  await once(holder, "listening");
  const { port } = holder.address();
  assert.deepEqual(await run("sandbox", "--port", String(port)), {
    code: 1,
    stdout: "",
    stderr: `plaid-edge: port ${port} is taken: choose another with --port\n`,
  });
  holder.close();
});

test("wrong usage is one clear line and a failure", async () => {
  const wrong = [
    [["sandbox", "--prot", "1"], "Unknown option '--prot'"],
    [["sandbox", "--port", "http"], '--port must be a number from 0 to 65535, not "http"'],
    [["sandbox", "--port", "65536"], "--port must be"],
    [["sandbox", "--port"], "--port"],
    [["sandbox", "--host", "example.com"], "--host must be an IP address or localhost"],
    [["sandbox", "--webhook-host", "http://app"], "--webhook-host must be a host name"],
    [["sandbox", "--secret", ""], "--secret must be a non-empty string"],
    [["sandbox", "now"], 'unexpected argument "now"'],
    [["sandbocks"], 'unknown command "sandbocks"'],
    [[], "no command given"],
  ];
  for (const [args, message] of wrong) {
    const { code, stdout, stderr } = await run(...args);
    assert.equal(code, 2);
    assert.equal(stdout, "");
    assert.match(stderr, /^plaid-edge: [^\n]+ \(see plaid-edge --help\)\n$/);
    assert.ok(stderr.includes(message), stderr);
  }
});

test("help and version are printed", async () => {
  const { code, stdout } = await run("--help");
  assert.equal(code, 0);
  for (const word of ["--port", "--client-id", "/control/fail"]) assert.ok(stdout.includes(word));
  assert.equal((await run("sandbox", "-h")).stdout, stdout);
  const { version } = JSON.parse(readFileSync(`${packed}/package.json`));
  assert.equal((await run("--version")).stdout, `${version}\n`);
});

test("--write keeps what a file has besides the settings", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "plaid-edge-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, ".dev.vars");
  writeFileSync(file, "OTHER=1\nPLAID_ENV=production\n# a note\n");
  const server = await serve("--write", file, "--seed", "3");
  const text = readFileSync(file, "utf8");
  assert.match(text, /^OTHER=1\n# a note\nPLAID_CLIENT_ID=/);
  assert.match(text, /^PLAID_ENV=sandbox$/m);
  assert.ok(text.includes(`PLAID_BASE_URL=${server.url}\n`));
  await server.stop();
});

test("respond, advance and coverage work over HTTP", async () => {
  const server = await serve();
  await server.post("/control/respond", { path: "/a/b", body: { c: 1 }, status: 202 });
  const response = await server.post("/a/b", {});
  assert.deepEqual([response.status, (await response.json()).c], [202, 1]);
  assert.equal((await server.post("/control/advance", { milliseconds: 1000 })).status, 200);
  assert.equal((await server.post("/control/advance", { milliseconds: -1 })).status, 400);
  assert.equal((await server.post("/control/webhooks", { duplicate: true })).status, 200);
  assert.equal((await server.post("/control/webhooks", {})).status, 400);
  const coverage = await (await fetch(`${server.url}/control/coverage`)).json();
  assert.equal(coverage["/transfer/create"], "modelled");
  await server.stop();
});
