#!/usr/bin/env node
// The command `plaid-edge`: serves the sandbox over HTTP, for programs that are not JavaScript and for local pages.

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { isIP } from "node:net";
import { setTimeout } from "node:timers/promises";
import { parseArgs } from "node:util";

const usage = `Usage: plaid-edge sandbox [options]

Serves a stand-in for the Plaid API on this machine: stateful, strict, offline.

Options:
  --port <number>       the port to listen on, 0 for any free one (8791)
  --host <address>      the address to listen on (127.0.0.1); 0.0.0.0 is open to everyone on the network
  --webhook-host <name> another host that webhooks may be posted to; can be repeated
  --client-id <string>  the client_id to accept (default: a fixed one)
  --secret <string>     the secret to accept (default: a fixed one)
  --seed <number>       the same IDs in every run
  --typed               responds on Plaid's other paths too, with the least that Plaid's types allow
  --write <file>        writes the settings to this file, such as .dev.vars; keeps its other lines
  -h, --help            shows this
  -v, --version         shows the version

Controls, as JSON:
  POST /control/fail          {"path": "/auth/get", "errorCode": "INSTITUTION_DOWN", "times": 2}
                              or status, errorType, errorMessage, retryAfter, rawBody, networkError, hang, delayMs
  POST /control/sign-webhook  {"payload": {…}, "issuedAt": 1767225600, "expiredKey": true}
  POST /control/respond       {"path": "/auth/get", "body": {…}, "times": 1, "status": 200}
  POST /control/advance       {"milliseconds": 86400000}
  POST /control/webhooks      {"duplicate": true, "delayMs": 60000, "reorder": true, "times": 2}
  GET  /control/coverage      the paths that it responds on
  GET  /control/requests      the requests so far
  POST /control/reset         returns to a fresh sandbox

To play the user in Link, load /link/v2/stable/link-initialize.js in your page, from here instead of from Plaid's CDN. Without
a page:
  POST /sandbox/plaid_edge/link/complete  {"link_token": "link-sandbox-…", "username": "user_good", "password": "pass_good"}
`;

const MAX_BODY_BYTES = 1024 * 1024;
const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

// Plaid's simulations take a moment, so that a program that doesn't wait for one sees its next call overtake it.
const SIMULATIONS = /^\/sandbox\/.*\/simulate$/;
const SIMULATION_MS = 20;

/** Where Plaid's CDN has Link. */
const LINK = "/link/v2/stable/";
const LINK_FILES = {
  "link-initialize.js": "text/javascript; charset=utf-8",
  "link.html": "text/html; charset=utf-8",
  "link.js": "text/javascript; charset=utf-8",
  "link.css": "text/css; charset=utf-8",
};

class UsageError extends Error {}
class BadRequest extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

try {
  await run(process.argv.slice(2));
} catch (error) {
  const hint = error instanceof UsageError ? ` (see plaid-edge --help)` : "";
  process.stderr.write(`plaid-edge: ${error.message.replaceAll("\n", " ")}${hint}\n`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}

async function run(args) {
  const { values, command } = parse(args);
  if (values.version)
    return print(JSON.parse(readFileSync(new URL("package.json", import.meta.url))).version);
  if (values.help) return print(usage.trimEnd());
  if (command === undefined) throw new UsageError("no command given: the only one is sandbox");
  const host = address(values.host);
  const port = portNumber(values.port);
  const { PlaidSandbox } = await import("./sandbox.js");
  const sandbox = newSandbox(PlaidSandbox, values);
  logWebhooks();
  const isAllowedHost = isLoopback(host) ? isLoopback : isPrivateHost;
  const server = createServer((request, response) => serve(sandbox, isAllowedHost, request, response));
  await listen(server, port, host);
  stopOnSignals(server);
  if (!isLoopback(host)) warn(`everyone on the network can reach this sandbox and its controls`);
  const name = host.includes(":") ? `[${host}]` : host.replace(/^0\.0\.0\.0$/, "127.0.0.1");
  const settings = { ...sandbox.env, PLAID_BASE_URL: `http://${name}:${server.address().port}` };
  if (values.write !== undefined) writeSettings(values.write, settings, server);
  print(`# A stand-in for the Plaid API is listening. Stop it with Ctrl+C. Its environment:
${lines(settings)}`);
}

function lines(settings) {
  const pairs = Object.entries(settings).map(([name, value]) => `${name}=${value}`);
  return pairs.join("\n");
}

/** Puts the settings into a file of NAME=value lines in place of older ones; all other lines stay. */
function writeSettings(file, settings, server) {
  try {
    const old = existsSync(file) ? readFileSync(file, "utf8").split(/\r?\n/) : [];
    const kept = old.filter((line) => !(/^\s*(?:export\s+)?(\w+)\s*=/.exec(line)?.[1] in settings));
    while (kept.at(-1) === "") kept.pop();
    writeFileSync(file, `${[...kept, lines(settings)].join("\n")}\n`);
  } catch (error) {
    server.close();
    throw new Error(`--write: ${error.message}`);
  }
}

/** The sandbox posts webhooks with the global fetch, and who brought one about does not hear what came of it. */
function logWebhooks() {
  const { fetch } = globalThis;
  globalThis.fetch = async (request) => {
    const log = (what) => process.stderr.write(`webhook to ${request.url}: ${what}\n`);
    try {
      const response = await fetch(request);
      log(`response ${response.status}`);
      return response;
    } catch (error) {
      log(`no response (${error.cause?.code ?? error.message})`);
      throw error;
    }
  };
}

function warn(text) {
  process.stderr.write(`plaid-edge: warning: ${text}\n`);
}

function print(text) {
  process.stdout.write(`${text}\n`);
}

function parse(args) {
  const options = {
    port: { type: "string", default: "8791" },
    host: { type: "string", default: "127.0.0.1" },
    "client-id": { type: "string" },
    secret: { type: "string" },
    seed: { type: "string" },
    typed: { type: "boolean" },
    write: { type: "string" },
    "webhook-host": { type: "string", multiple: true },
    help: { type: "boolean", short: "h", default: false },
    version: { type: "boolean", short: "v", default: false },
  };
  let parsed;
  try {
    parsed = parseArgs({ args, options, allowPositionals: true });
  } catch (error) {
    throw new UsageError(error.message.split(". ")[0]);
  }
  const [command, ...rest] = parsed.positionals;
  if (command !== undefined && command !== "sandbox") throw new UsageError(`unknown command "${command}"`);
  if (rest.length > 0) throw new UsageError(`unexpected argument "${rest[0]}"`);
  return { values: parsed.values, command };
}

function portNumber(text) {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : NaN;
  if (!(port <= 65535)) throw new UsageError(`--port must be a number from 0 to 65535, not "${text}"`);
  return port;
}

function seedNumber(text) {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new UsageError(`--seed must be an integer of at least 0, not "${text}"`);
}

function address(host) {
  if (host === "localhost" || isIP(host)) return host;
  throw new UsageError(`--host must be an IP address or localhost, not "${host}"`);
}

/** Without brackets around an IPv6 address. */
function isLoopback(host) {
  return host === "localhost" || host === "::1" || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host);
}

/** What can't be somebody's name on the internet: addresses, names without a dot, and names for private networks. */
function isPrivateHost(host) {
  return isLoopback(host) || isIP(host) > 0 || /^[\w-]+$/.test(host) || /\.(internal|local)$/.test(host);
}

function newSandbox(PlaidSandbox, values) {
  try {
    const seed = values.seed === undefined ? undefined : seedNumber(values.seed);
    const { "client-id": clientId, "webhook-host": webhookHosts, secret, typed } = values;
    return new PlaidSandbox({ clientId, secret, seed, typed, webhookHosts });
  } catch (error) {
    const message = error.message
      .replace("options.clientId", "--client-id")
      .replace("options.secret", "--secret")
      .replace("options.webhookHosts must be an array of host names", "--webhook-host must be a host name");
    throw error instanceof UsageError ? error : new UsageError(message);
  }
}

function listen(server, port, host) {
  return new Promise((resolve, reject) => {
    server.once("error", (error) => {
      const taken = error.code === "EADDRINUSE";
      reject(taken ? new Error(`port ${port} is taken: choose another with --port`) : error);
    });
    server.listen(port, host, resolve);
  });
}

function stopOnSignals(server) {
  const stop = () => {
    server.close();
    // Some may hang on purpose.
    server.closeAllConnections();
  };
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
}

async function serve(sandbox, isAllowedHost, request, response) {
  try {
    rejectForeignRequests(isAllowedHost, request);
    allowLocalPages(request, response);
    if (request.method === "OPTIONS") return response.writeHead(204).end();
    // The sandbox takes a Request, which can't have this method.
    if (request.method === "TRACE") throw new BadRequest(405, "the method must not be TRACE");
    const pathname = pathOf(request.url);
    if (pathname.startsWith("/control/")) await control(sandbox, pathname, request, response);
    else if (pathname.startsWith(LINK)) await link(sandbox, pathname.slice(LINK.length), request, response);
    else await plaid(sandbox, pathname, request, response);
  } catch (error) {
    if (response.headersSent || !(error instanceof BadRequest)) return response.destroy();
    response.setHeader("connection", "close");
    json(response, error.status, { error: error.message });
  }
}

/** The path of a request, which a proxy may send with a host before it. Two slashes at its start are no host. */
function pathOf(target) {
  try {
    return new URL(target.startsWith("/") ? `http://sandbox${target}` : target).pathname;
  } catch {
    throw new BadRequest(400, "the request target must be a path");
  }
}

/** A page from elsewhere must not get at the sandbox, be it by a name that leads here or by a blind POST. */
function rejectForeignRequests(isAllowedHost, request) {
  const host = hostname(`http://${request.headers.host}`);
  if (!host || !isAllowedHost(host)) throw new BadRequest(403, "the Host header must name this machine");
  const { origin } = request.headers;
  if (origin !== undefined && !isAllowedHost(hostname(origin) ?? "")) {
    throw new BadRequest(403, "only pages of this machine may use the sandbox");
  }
}

function hostname(url) {
  try {
    return new URL(url).hostname.replace(/^\[|\]$/g, "");
  } catch {
    return undefined;
  }
}

function allowLocalPages(request, response) {
  const { origin } = request.headers;
  response.setHeader("vary", "origin");
  if (origin === undefined) return;
  response.setHeader("access-control-allow-origin", origin);
  response.setHeader("access-control-allow-methods", "GET, POST");
  response.setHeader(
    "access-control-allow-headers",
    "content-type, plaid-client-id, plaid-secret, plaid-version",
  );
  response.setHeader("access-control-expose-headers", "retry-after, plaid-edge-coverage");
  response.setHeader("access-control-max-age", "600");
}

/** Link in a browser: its files, and what it asks for with a link token in place of credentials. */
async function link(sandbox, name, request, response) {
  if (request.method === "POST" && ["open", "complete"].includes(name)) {
    const { PLAID_CLIENT_ID, PLAID_SECRET } = sandbox.env;
    const credentials = { "plaid-client-id": PLAID_CLIENT_ID, "plaid-secret": PLAID_SECRET };
    // A refusal is no failure of the request: a browser would complain of one in its console.
    return plaid(sandbox, `/sandbox/plaid_edge/link/${name}`, request, response, {
      credentials,
      status: 200,
    });
  }
  if (request.method !== "GET" || !Object.hasOwn(LINK_FILES, name))
    throw new BadRequest(404, "no such file of Link");
  const { origin } = new URL(`http://${request.headers.host}`);
  const text = readFileSync(new URL(`link/${name}`, import.meta.url), "utf8").replace("{{SANDBOX}}", origin);
  response.writeHead(200, {
    "content-type": LINK_FILES[name],
    "content-security-policy":
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'",
    "cross-origin-resource-policy": "cross-origin",
    "cross-origin-embedder-policy": "require-corp",
    "x-content-type-options": "nosniff",
    "cache-control": "no-store",
  });
  response.end(text);
}

async function plaid(sandbox, pathname, request, response, { credentials, status } = {}) {
  const body = await read(request);
  const caller = new AbortController();
  response.once("close", () => caller.abort());
  const bodiless = request.method === "GET" || request.method === "HEAD";
  const headers = { ...credentials };
  for (const name of ["content-type", "plaid-client-id", "plaid-secret"]) {
    if (request.headers[name] !== undefined) headers[name] = request.headers[name];
  }
  const { method } = request;
  const init = { method, headers, body: bodiless ? undefined : decodeText(body), signal: caller.signal };
  // Fails when a fault says so, or when the caller has gone: either way the connection ends.
  if (SIMULATIONS.test(pathname)) await setTimeout(SIMULATION_MS);
  const reply = await sandbox.fetch(`http://sandbox${pathname}`, init);
  response.writeHead(status ?? reply.status, Object.fromEntries(reply.headers));
  if (reply.body) await send(reply.body, response);
  else response.end();
}

/** As text, which the sandbox reads fastest; bytes that are no text stay bytes. */
function decodeText(bytes) {
  try {
    return UTF8.decode(bytes);
  } catch {
    return bytes;
  }
}

/** Sends a body: in one piece if it is all there, and otherwise, since it may never end, as it comes. */
async function send(body, response) {
  const reader = body.getReader();
  const first = await reader.read();
  if (first.done) return response.end();
  const rest = reader.read();
  const next = await Promise.race([rest, new Promise((resolve) => setImmediate(resolve))]);
  if (next?.done) return response.end(first.value);
  response.flushHeaders();
  response.write(first.value);
  for (let chunk = await rest; !chunk.done; chunk = await reader.read()) response.write(chunk.value);
  response.end();
}

async function control(sandbox, pathname, request, response) {
  const controls = {
    "POST /control/fail": ({ path, ...fault }) => sandbox.fail(path, fault),
    "POST /control/sign-webhook": ({ payload, ...options }) => sandbox.signWebhook(payload, options),
    "POST /control/respond": ({ path, body, ...options }) => sandbox.respond(path, body, options),
    "POST /control/advance": ({ milliseconds }) => sandbox.advance(milliseconds),
    "POST /control/webhooks": (disorder) => sandbox.webhooks(disorder),
    "GET /control/coverage": () => sandbox.coverage(),
    "GET /control/requests": () => sandbox.requests(),
    "POST /control/reset": () => sandbox.reset(),
  };
  const act = controls[`${request.method} ${pathname}`];
  if (!act) throw new BadRequest(404, `there is no control ${request.method} ${pathname}`);
  const body = parseObject(await read(request));
  try {
    json(response, 200, (await act(body)) ?? {});
  } catch (error) {
    throw new BadRequest(400, error.message);
  }
}

/** A control without a body is one with no fields. */
function parseObject(bytes) {
  if (bytes.length === 0) return {};
  try {
    const body = JSON.parse(bytes.toString());
    if (body !== null && typeof body === "object" && !Array.isArray(body)) return body;
  } catch {
    // Said below.
  }
  throw new BadRequest(400, "the body must be a JSON object");
}

async function read(request) {
  const chunks = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) throw new BadRequest(413, "the body is too large");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function json(response, status, body) {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(body));
}
