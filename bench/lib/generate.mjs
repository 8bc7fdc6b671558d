// The client that hey-api generates, as JavaScript, where it is imported by its name. It is made for each run, since it is
// not our code.

import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";
import openapi from "../openapi.mjs";

const bench = fileURLToPath(new URL("..", import.meta.url));

export async function generateHeyApi() {
  // Here and not above: the size budget is checked without the peers.
  const { createClient } = await import("@hey-api/openapi-ts");
  const sources = await mkdtemp(join(tmpdir(), "plaid-edge-bench-"));
  try {
    await createClient({
      input: openapi,
      output: sources,
      plugins: ["@hey-api/client-fetch", "@hey-api/sdk", "@hey-api/typescript"],
      logs: { level: "silent" },
    });
    const folder = `${bench}node_modules/hey-api-client`;
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    await writeFile(
      `${folder}/package.json`,
      JSON.stringify({ type: "module", main: "./index.js", sideEffects: false }),
    );
    await esbuild.build({
      stdin: {
        contents: `export { authGet } from "./sdk.gen";\nexport { createClient, createConfig } from "./client";\n`,
        resolveDir: sources,
      },
      outfile: `${folder}/index.js`,
      bundle: true,
      format: "esm",
      target: "es2022",
    });
  } finally {
    await rm(sources, { recursive: true });
  }
}
