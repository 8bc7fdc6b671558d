import { existsSync } from "node:fs";
import { join } from "node:path";
import { here, install } from "../consumer.mjs";
import { lastJson, output } from "../processes.mjs";
import { Skipped } from "../target.mjs";

const bun = join(here, "node_modules/.bin/bun");

export default [
  {
    runtime: "Bun",
    how: "bun add",
    async run() {
      if (!existsSync(bun)) throw new Skipped("the npm package bun has no binary for this machine");
      const version = (await output(bun, ["--version"])).trim();
      const folder = await install((tarball, cwd) => output(bun, ["add", tarball], { cwd }));
      return { version, ...lastJson(await output(bun, ["run", "run.js"], { cwd: folder })) };
    },
  },
];
