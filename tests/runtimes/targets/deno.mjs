import { join } from "node:path";
import { here } from "../consumer.mjs";
import { lastJson, output } from "../processes.mjs";
import { Skipped } from "../target.mjs";

export default [
  {
    runtime: "Deno",
    how: "--allow-net",
    async run(folder) {
      const deno = await findDeno();
      const [, version] = /^deno (\S+)/.exec(await output(deno, ["--version"]));
      const args = ["run", "--no-prompt", "--cached-only", "--allow-net", "run.js"];
      return { version, ...lastJson(await output(deno, args, { cwd: folder })) };
    },
  },
];

/** The npm package's binary, or else the one that is installed here. */
export async function findDeno() {
  for (const deno of [join(here, "node_modules/.bin/deno"), "deno"]) {
    if (await output(deno, ["--version"]).catch(() => undefined)) return deno;
  }
  throw new Skipped(`npm has no Deno for ${process.platform}-${process.arch}, and none is on the PATH`);
}
