// A worker in Miniflare, which is workerd. What it fetches is answered by the in-process sandbox, so it runs with the
// settings that Plaid's own hosts need.

import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import * as esbuild from "esbuild";
import { PlaidSandbox } from "../../dist/package/sandbox.js";

// Wrangler's own, so that the two never differ.
const { Miniflare, Response: MiniflareResponse } = createRequire(
  import.meta.resolve("wrangler/package.json"),
)("miniflare");

export { MiniflareResponse };

/**
 * Runs a worker's source file for as long as `visit` takes. It gets Miniflare, the sandbox, and a `fetch` that calls
 * the worker. `others` are the files of more workers, by name.
 */
export async function inWorkerd(file, visit, { others = {}, ...options } = {}) {
  const sandbox = new PlaidSandbox();
  const workers = Object.entries({ main: file, ...others }).map(async ([name, file]) => ({
    name,
    ...(await modulesOf(file)),
    compatibilityDate: "2026-04-01",
    bindings: sandbox.env,
    outboundService: (request) => answer(sandbox, request),
    ...(name === "main" ? options : {}),
  }));
  const miniflare = new Miniflare({ workers: await Promise.all(workers) });
  try {
    await visit({
      miniflare,
      sandbox,
      fetch: (path, init) => miniflare.dispatchFetch(`http://localhost${path}`, init),
    });
  } finally {
    await miniflare.dispose();
  }
}

/** A worker's modules, bundled as wrangler does it. */
async function modulesOf(file) {
  const outdir = join(dirname(file), `${basename(file)}.out`);
  await esbuild.build({
    entryPoints: { worker: file },
    outdir,
    bundle: true,
    format: "esm",
    conditions: ["workerd"],
    external: ["cloudflare:*"],
    loader: { ".wasm": "copy" },
    assetNames: "[name]",
  });
  return {
    modules: true,
    scriptPath: join(outdir, "worker.js"),
    modulesRoot: outdir,
    modulesRules: [{ type: "CompiledWasm", include: ["**/*.wasm"] }],
  };
}

/** Miniflare has its own Request and Response. */
async function answer(sandbox, request) {
  const { url, method } = request;
  const body = method === "GET" ? undefined : await request.text();
  const response = await sandbox.fetch(url, { method, headers: [...request.headers], body });
  return new MiniflareResponse(await response.arrayBuffer(), {
    status: response.status,
    headers: [...response.headers],
  });
}
