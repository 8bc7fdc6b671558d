// Nitro's edge presets, each in the runtime of its platform.

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { findDeno } from "../../runtimes/targets/deno.mjs";
import { ask, freePort } from "../../runtimes/processes.mjs";
import { askWrangler } from "../../runtimes/wrangler.mjs";
import { inProject, pinned, tool } from "../project.mjs";

const version = await pinned("nitro", "nitropack");
const WASM = "experimental: { wasm: true }";

const lineIn = (settings) => `\`${settings}\` in nitro.config`;

const preset = (name, serve, line) => ({
  runtime: "Nitro",
  how: name,
  version,
  line: line && lineIn(line),
  run: () =>
    inProject("nitro", async (folder) => {
      const settings = [`compatibilityDate: "2026-04-01"`, line].filter(Boolean).join(", ");
      await writeFile(join(folder, "nitro.config.js"), `export default { ${settings} };\n`);
      await tool(folder, ["nitropack/dist/cli/index.mjs", "build", "--preset", name]);
      return serve(folder);
    }),
});
const DATE = ["--compatibility-date", "2026-04-01", "--compatibility-flags", "nodejs_compat"];
const worker = (folder, options) => askWrangler(folder, [".output/server/index.mjs", ...DATE], options);

export default [
  preset("cloudflare_module", worker, WASM),
  preset(
    "cloudflare_pages",
    (folder) => askWrangler(folder, ["dist", ...DATE], { command: "pages dev" }),
    WASM,
  ),
  {
    ...preset("cloudflare_module", (folder) => worker(folder, { use: asksForTheLine })),
    how: "cloudflare_module: without it, the error names it",
    line: lineIn(WASM),
  },
  preset("netlify_edge", async (folder) => {
    // What Netlify's own loader does with a function.
    const port = freePort();
    const server = `import handle from "./.netlify/edge-functions/server/server.js";
Deno.serve({ hostname: "127.0.0.1", port: ${port} }, (request) => handle(request, { next() {} }));`;
    await writeFile(join(folder, "serve.mjs"), server);
    return askDeno(folder, port, "serve.mjs");
  }),
  preset("deno_server", (folder) => askDeno(folder, freePort(), ".output/server/index.mjs")),
];

/** A project that needs the line and was not given it: the error must name it. */
async function asksForTheLine(url) {
  const response = await fetch(url, { signal: AbortSignal.timeout(60_000) });
  const text = await response.text();
  if (!text.includes("experimental.wasm")) throw new Error(`${response.status}: ${text.slice(0, 1000)}`);
  return { passed: 1, failed: 0 };
}

async function askDeno(folder, port, script) {
  const args = [
    "run",
    "--no-prompt",
    "--cached-only",
    "--allow-net",
    "--allow-env",
    "--allow-read",
    "--allow-sys",
    script,
  ];
  const env = { PORT: String(port), HOST: "127.0.0.1", HOSTNAME: "127.0.0.1" };
  return ask(`http://127.0.0.1:${port}/`, await findDeno(), args, { cwd: folder, env });
}
