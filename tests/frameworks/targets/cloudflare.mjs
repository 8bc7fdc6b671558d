// Frameworks whose builders write a Worker.

import { askWrangler } from "../../runtimes/wrangler.mjs";
import { inProject, pinned, tool } from "../project.mjs";

const VITE = ["vite/bin/vite.js", "build"];

/** `settings` are wrangler's, where the project has no file of them. */
async function target(project, [runtime, dependency], build, how, { settings = [], line, env } = {}) {
  return {
    runtime,
    how,
    version: await pinned(project, dependency),
    line,
    run: () =>
      inProject(project, async (folder) => {
        await tool(folder, build, env);
        return askWrangler(folder, settings);
      }),
  };
}

const worker = (date) => ({ settings: ["dist/index.js", "--compatibility-date", date] });
const EXTERNAL = { EXTERNAL: "plaid-edge plaid-edge/sandbox" };

export default await Promise.all([
  target("sveltekit", ["SvelteKit", "@sveltejs/kit"], VITE, "adapter-cloudflare"),
  target("astro", ["Astro", "astro"], ["astro/bin/astro.mjs", "build"], "@astrojs/cloudflare"),
  target("vite-cloudflare", ["Vite", "vite"], VITE, "@cloudflare/vite-plugin", {
    settings: ["--config", "dist/vite_cloudflare/wrangler.json"],
  }),
  target(
    "hono",
    ["Hono", "hono"],
    VITE,
    "@hono/vite-build, compatibility date 2025-06-01",
    worker("2025-06-01"),
  ),
  target("hono", ["Hono", "hono"], VITE, "@hono/vite-build, compatibility date 2025-05-31", {
    ...worker("2025-05-31"),
    line: '`build({ external: ["plaid-edge"] })` in vite.config',
    env: EXTERNAL,
  }),
  // Templates for Workers had this before @cloudflare/vite-plugin.
  ...["vite6", "vite7", "vite8"].map((vite) => {
    const how = "SSR build with the condition workerd";
    return target("vite", ["Vite", vite], [`${vite}/bin/vite.js`, "build"], how, {
      ...worker("2026-04-01"),
      line: '`ssr: { external: ["plaid-edge"] }` in vite.config',
      env: EXTERNAL,
    });
  }),
]);
