import { rm } from "node:fs/promises";
import { join } from "node:path";
import { here, install } from "../consumer.mjs";
import { lastJson, output } from "../processes.mjs";
import { Skipped } from "../target.mjs";

export default [
  {
    runtime: "Bun",
    how: "bun add",
    async run() {
      const bun = await find();
      const version = (await output(bun, ["--version"])).trim();
      const folder = await install((tarball, cwd) => output(bun, ["add", tarball], { cwd }));
      try {
        return { version, ...lastJson(await output(bun, ["run", "run.js"], { cwd: folder })) };
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
  },
];

/** The npm package's binary, or else the one that is installed here. */
async function find() {
  for (const bun of [join(here, "node_modules/.bin/bun"), "bun"]) {
    if (await output(bun, ["--version"]).catch(() => undefined)) return bun;
  }
  throw new Skipped(`npm has no Bun for ${process.platform}-${process.arch}, and none is on the PATH`);
}
