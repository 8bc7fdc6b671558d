// Builds the smallest project of each tool with the tarball, by the tool's own builder, and asks it for the suite's
// short form; all of them, or those whose name contains one of the arguments:
//   node tests/frameworks/run.mjs
//   node tests/frameworks/run.mjs nuxt
// What a whole run found is written to dist/frameworks.json, for the table in docs/runtimes.md.

import { join } from "node:path";
import { here as runtimes, root } from "../runtimes/consumer.mjs";
import { installPackages } from "../runtimes/packages.mjs";
import { runTargets } from "../runtimes/runner.mjs";

await installPackages(runtimes);
const { installed } = await import("./project.mjs");
await installed();
// What takes longest comes first, so that nothing long is left alone at the end.
const files = ["opennext", "nuxt", "nitro", "cloudflare", "vitest", "jest", "node"];
const modules = await Promise.all(files.map((file) => import(`./targets/${file}.mjs`)));
await runTargets(
  modules.flatMap((module) => module.default),
  (target) => target.run(),
  join(root, "dist/frameworks.json"),
);
