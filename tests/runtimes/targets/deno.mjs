import { existsSync } from "node:fs";
import { join } from "node:path";
import { here } from "../consumer.mjs";
import { lastJson, output } from "../processes.mjs";
import { Skipped } from "../target.mjs";

export default [
  {
    runtime: "Deno",
    how: "--allow-net",
    async run(folder) {
      const deno = await find();
      const [, version] = /^deno (\S+)/.exec(await output(deno, ["--version"]));
      const args = ["run", "--no-prompt", "--cached-only", "--allow-net", "run.js"];
      return { version, ...lastJson(await output(deno, args, { cwd: folder })) };
    },
  },
];

/** The binary of the npm package, or else the one that is installed here. */
async function find() {
  const installed = join(here, "node_modules/@deno/linux-x64-glibc/deno");
  if (existsSync(installed)) return installed;
  return output("deno", ["--version"]).then(
    () => "deno",
    () => {
      throw new Skipped(
        `there is no deno on the PATH, and the pinned one is not for ${process.platform}-${process.arch}`,
      );
    },
  );
}
