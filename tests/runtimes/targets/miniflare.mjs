// Miniflare by itself, over what esbuild makes of the worker.

import { createRequire } from "node:module";
import { join } from "node:path";
import * as esbuild from "esbuild";
import { compatibilityDates } from "./compatibility-dates.mjs";

const require = createRequire(createRequire(import.meta.url).resolve("wrangler/package.json"));
const { Miniflare } = require("miniflare");
const { version } = require("miniflare/package.json");

export default compatibilityDates.map((compatibilityDate) => ({
  runtime: "Miniflare",
  how: `compatibility date ${compatibilityDate}`,
  version,
  async run(folder) {
    const outdir = join(folder, "out");
    await esbuild.build({
      entryPoints: [join(folder, "worker.js")],
      outdir,
      bundle: true,
      format: "esm",
      conditions: ["workerd"],
      loader: { ".wasm": "copy" },
      assetNames: "[name]",
      absWorkingDir: folder,
    });
    const miniflare = new Miniflare({
      modules: true,
      scriptPath: join(outdir, "worker.js"),
      modulesRoot: outdir,
      modulesRules: [{ type: "CompiledWasm", include: ["**/*.wasm"] }],
      compatibilityDate,
    });
    try {
      const response = await miniflare.dispatchFetch("http://localhost/");
      if (!response.ok) throw new Error(await response.text());
      return await response.json();
    } finally {
      await miniflare.dispose();
    }
  },
}));
