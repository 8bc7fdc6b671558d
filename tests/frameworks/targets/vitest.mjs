// Vitest's environments, and Cloudflare's pool for it.

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { lastJson } from "../../runtimes/processes.mjs";
import { inProject, pinned, tool } from "../project.mjs";

const version = await pinned("vitest", "vitest");

async function run(folder, ...args) {
  return lastJson(await tool(folder, ["vitest/vitest.mjs", "run", "--disable-console-intercept", ...args]));
}

export default [
  ...["jsdom", "happy-dom", "edge-runtime"].map((environment) => ({
    runtime: "Vitest",
    how: `environment ${environment}`,
    version,
    run: () => inProject("vitest", (folder) => run(folder, `--environment=${environment}`)),
  })),
  {
    runtime: "Vitest",
    how: "@cloudflare/vitest-pool-workers",
    version: await pinned("workers-vitest", "vitest"),
    run: () => inProject("workers-vitest", (folder) => run(folder)),
  },
];
