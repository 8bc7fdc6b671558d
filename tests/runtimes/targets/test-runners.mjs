// The test runners in which users test their code against the sandbox.

import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import * as esbuild from "esbuild";
import { here } from "../consumer.mjs";
import { output } from "../processes.mjs";

const require = createRequire(import.meta.url);

export default [
  {
    runtime: "Vitest",
    how: "import",
    version: require("vitest/package.json").version,
    run: (folder) =>
      result(folder, "vitest/vitest.mjs", "run", "--globals", "--root", folder, "unit.test.js"),
  },
  {
    runtime: "Jest",
    how: "require",
    version: require("jest/package.json").version,
    async run(folder) {
      // Without flags, Jest knows CommonJS only. plaid-edge stays outside of the bundle.
      await esbuild.build({
        entryPoints: [join(folder, "unit.test.js")],
        outfile: join(folder, "unit.test.cjs"),
        bundle: true,
        format: "cjs",
        platform: "node",
        packages: "external",
      });
      return result(folder, "jest/bin/jest.js", "--rootDir", folder, "--testMatch", "**/unit.test.cjs");
    },
  },
];

async function result(folder, program, ...args) {
  await output(process.execPath, [join(here, "node_modules", program), ...args], { cwd: folder });
  return JSON.parse(await readFile(join(folder, "result.json"), "utf8"));
}
