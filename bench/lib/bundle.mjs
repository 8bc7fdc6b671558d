// Bundles as wrangler makes them, so that what is measured is what is deployed.

import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import * as esbuild from "esbuild";

const bench = fileURLToPath(new URL("..", import.meta.url));

/** For workers, as wrangler has esbuild make it: wasm is a file of its own. */
export const WORKERD = {
  format: "esm",
  platform: "browser",
  mainFields: ["browser", "module", "main"],
  conditions: ["workerd", "worker", "browser"],
};
/** For any other runtime of the web's kind: wasm is inlined. */
export const INLINED = { ...WORKERD, conditions: ["browser"] };
/** For Node, where packages bring their own Node parts. */
export const NODE = { format: "cjs", platform: "node", conditions: ["node"] };

/**
 * `entry` (a path in bench/) with that contender, as one script and the wasm files that it imports:
 * `{ script, wasm: [{ name, bytes }] }`.
 */
export async function bundle(entry, contender, target = WORKERD) {
  const wasm = [];
  const wasmFiles = {
    name: "wasm-files",
    setup(build) {
      build.onResolve({ filter: /\.wasm$/ }, async ({ path, importer, kind, resolveDir, pluginData }) => {
        if (pluginData === "resolved") return undefined;
        const found = await build.resolve(path, { importer, kind, resolveDir, pluginData: "resolved" });
        wasm.push(found.path);
        return { path: `./${found.path.split("/").pop()}`, external: true };
      });
    },
  };
  const { outputFiles } = await esbuild.build({
    entryPoints: [bench + entry],
    bundle: true,
    write: false,
    minify: true,
    target: "es2022",
    ...target,
    alias: { "#contender": `${bench}contenders/${contender}.js` },
    external: ["node:*", "cloudflare:*"],
    plugins: [wasmFiles],
    logLevel: "error",
    legalComments: "none",
  });
  return {
    script: Buffer.from(outputFiles[0].contents),
    wasm: await Promise.all(
      wasm.map(async (path) => ({ name: path.split("/").pop(), bytes: await readFile(path) })),
    ),
  };
}

/** Bytes as they are, with `gzip -9` and with brotli at its best. */
export function sizes(bytes) {
  const brotli = { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } };
  return {
    raw: bytes.length,
    gzip: gzipSync(bytes, { level: 9 }).length,
    brotli: brotliCompressSync(bytes, brotli).length,
  };
}
