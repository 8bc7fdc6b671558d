// Runs the suite in every runtime that can be had here, or in those whose name contains one of the arguments:
//   node tests/runtimes/run.mjs            all of them
//   node tests/runtimes/run.mjs deno vite  some
// What a whole run found is written to dist/runtimes.json, for the table in docs/runtimes.md.

import { rm } from "node:fs/promises";
import { join } from "node:path";
import { copyOf, here, install, root } from "./consumer.mjs";
import { installPackages } from "./packages.mjs";

process.chdir(here);
await installPackages(here);
const { closeBrowser } = await import("./chromium.mjs");
const { runTargets } = await import("./runner.mjs");

const files = ["node", "deno", "bun", "workerd", "miniflare", "wrangler", "browser", "test-runners", "next"];
const modules = await Promise.all(files.map((file) => import(`./targets/${file}.mjs`)));

const consumer = await install();
await runTargets(
  modules.flatMap((module) => module.default),
  async (target) => {
    const folder = await copyOf(consumer);
    try {
      return await target.run(folder);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
  join(root, "dist/runtimes.json"),
);
await closeBrowser();
await rm(consumer, { recursive: true, force: true });
