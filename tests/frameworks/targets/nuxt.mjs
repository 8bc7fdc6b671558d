// Nuxt on Cloudflare. Its other presets are Nitro's, which targets/nitro.mjs builds.

import { askWrangler } from "../../runtimes/wrangler.mjs";
import { inProject, pinned, tool } from "../project.mjs";

export default [
  {
    runtime: "Nuxt",
    how: "cloudflare_module",
    version: await pinned("nuxt", "nuxt"),
    line: "`nitro: { experimental: { wasm: true } }` in nuxt.config",
    run: () =>
      inProject("nuxt", async (folder) => {
        await tool(folder, ["nuxt/bin/nuxt.mjs", "build"]);
        const settings = ["--compatibility-date", "2026-04-01", "--compatibility-flags", "nodejs_compat"];
        return askWrangler(folder, [".output/server/index.mjs", ...settings], { path: "/plaid" });
      }),
  },
];
