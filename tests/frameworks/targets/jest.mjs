// Jest's environments, in CommonJS and ESM, with its default fake timers.

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as esbuild from "esbuild";
import { inProject, pinned, tool } from "../project.mjs";

const version = await pinned("jest", "jest");
// jsdom has no fetch, which its users set up or do without.
const lines = { jsdom: "use the environment `node` for tests that use the package" };
const environments = { node: "node", jsdom: "jsdom", "edge-runtime": "@edge-runtime/jest-environment" };

export default Object.entries(environments).flatMap(([how, environment]) =>
  ["cjs", "mjs"].map((form) => ({
    runtime: "Jest",
    how: `environment ${how}, ${form === "cjs" ? "require" : "import"}`,
    version,
    line: lines[how],
    run: () =>
      inProject("jest", async (folder) => {
        // Jest's CommonJS can't load a module.
        const [from, outfile] = [join(folder, "short.js"), join(folder, "short.cjs")];
        await esbuild.build({ entryPoints: [from], outfile, format: "cjs" });
        const args = [`--env=${environment}`, "--json", "--outputFile=result.json", `plaid.test.${form}`];
        await tool(folder, ["jest/bin/jest.js", ...args], { NODE_OPTIONS: "--experimental-vm-modules" });
        const result = JSON.parse(await readFile(join(folder, "result.json"), "utf8"));
        return { passed: result.numPassedTests, failed: result.numFailedTests };
      }),
  })),
);
