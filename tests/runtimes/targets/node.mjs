// Node 20 in its oldest and newest version, 22 and 24, by import and by require.
//
// The npm package `node` brings them too, by a script that installs at install time. These are the packages which
// that script installs.

import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { here } from "../consumer.mjs";
import { lastJson, output } from "../processes.mjs";
import { Skipped } from "../target.mjs";

const { optionalDependencies } = JSON.parse(await readFile(join(here, "package.json"), "utf8"));
const pinned = Object.keys(optionalDependencies).filter((name) => name.startsWith("node"));

export default pinned.flatMap((name) =>
  [
    ["import", "run.js"],
    ["require", "run.cjs"],
  ].map(([how, entry]) => ({
    runtime: "Node",
    how,
    version: optionalDependencies[name].split("@").at(-1),
    async run(folder) {
      const node = join(here, "node_modules", name, "bin/node");
      if (!existsSync(node)) throw new Skipped("it is pinned for Linux on x64 only");
      return lastJson(await output(node, [entry], { cwd: folder }));
    },
  })),
);
