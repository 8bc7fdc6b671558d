/** The demo's worker in Miniflare, with the in-process sandbox standing in for Plaid. */
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { PlaidSandbox } from "../../dist/package/sandbox.js";

// Wrangler's own, so that the two never differ.
const { Miniflare, Response } = createRequire(import.meta.resolve("wrangler/package.json"))("miniflare");

const root = fileURLToPath(new URL("../..", import.meta.url));
let bundle;

/** What `wrangler deploy` would upload. */
function bundleOnce() {
  if (bundle) return bundle;
  bundle = mkdtempSync(join(tmpdir(), "plaid-edge-demo-"));
  process.on("exit", () => rmSync(bundle, { recursive: true, force: true }));
  execFileSync(
    process.execPath,
    [
      `${root}node_modules/wrangler/bin/wrangler.js`,
      "deploy",
      "--dry-run",
      "--cwd",
      "www",
      "--outdir",
      bundle,
    ],
    { cwd: root, env: { ...process.env, WRANGLER_SEND_METRICS: "false" }, stdio: "pipe" },
  );
  return bundle;
}

const key = () => randomBytes(32).toString("base64");

/**
 * @param {{ vars?: Record<string, string>, onPlaid?: (path: string) => any, storage?: string }} options
 *   vars: over the worker's settings · onPlaid: told of each request to Plaid, which waits for it · storage: a folder that survives
 */
export async function startWorker({ vars = {}, onPlaid = () => {}, storage } = {}) {
  const sandbox = new PlaidSandbox();
  const folder = bundleOnce();
  const worker = new Miniflare({
    modules: [
      { type: "ESModule", path: join(folder, "index.js") },
      ...readdirSync(folder)
        .filter((name) => name.endsWith(".wasm"))
        .map((name) => ({ type: "CompiledWasm", path: join(folder, name) })),
    ],
    modulesRoot: folder,
    compatibilityDate: "2026-04-01",
    cf: false,
    bindings: { ...sandbox.env, SESSION_SECRET: key(), TOKEN_KEY: key(), ...vars },
    durableObjects: {
      SESSIONS: { className: "Session", useSQLite: true },
      EVENT_LOG: { className: "EventLog", useSQLite: true },
    },
    durableObjectsPersist: storage,
    serviceBindings: {
      ASSETS: (request) =>
        new Response("a file", { status: new URL(request.url).pathname === "/" ? 200 : 404 }),
    },
    async outboundService(request) {
      await onPlaid(new URL(request.url).pathname);
      return forward(sandbox, request);
    },
  });
  await worker.ready;
  return { worker, sandbox };
}

async function forward(sandbox, request) {
  const { status, headers, body } = await sandbox.fetch(request.url, {
    method: request.method,
    headers: Object.fromEntries(request.headers),
    body: await request.text(),
  });
  return new Response(body, { status, headers: Object.fromEntries(headers) });
}
