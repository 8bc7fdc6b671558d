// Node 20, 22 and 24, by import and by require. The npm package `node` would bring them too, but by a script that
// installs at install time; these are the packages that it installs.

import { existsSync } from "node:fs";
import { join } from "node:path";
import { here } from "../consumer.mjs";
import { lastJson, output } from "../processes.mjs";
import { Skipped } from "../target.mjs";

export default [20, 22, 24].flatMap((major) =>
  [
    ["import", "run.js"],
    ["require", "run.cjs"],
  ].map(([how, entry]) => ({
    runtime: `Node ${major}`,
    how,
    async run(folder) {
      const node = binary(major);
      const version = (await output(node, ["--version"])).trim().slice(1);
      return { version, ...lastJson(await output(node, [entry], { cwd: folder })) };
    },
  })),
);

function binary(major) {
  const installed = join(here, `node_modules/node${major}-${process.platform}-${process.arch}/bin/node`);
  if (existsSync(installed)) return installed;
  if (process.version.startsWith(`v${major}.`)) return process.execPath;
  throw new Skipped(`npm has no Node ${major} for ${process.platform}-${process.arch}`);
}
