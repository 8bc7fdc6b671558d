import { join } from "node:path";
import { here } from "../consumer.mjs";
import { lastJson, output } from "../processes.mjs";
import { Skipped } from "../target.mjs";

const keys = { PLAID_CLIENT_ID: "id", PLAID_SECRET: "secret", PLAID_ENV: "sandbox" };

export default [
  target("--allow-net", ["--allow-net", "run.js"]),
  target("--allow-env with an exact list", [`--allow-env=${Object.keys(keys)}`, "env.js"]),
];

function target(how, args) {
  return {
    runtime: "Deno",
    how,
    async run(folder) {
      const deno = await findDeno();
      const [, version] = /^deno (\S+)/.exec(await output(deno, ["--version"]));
      const all = ["run", "--no-prompt", "--cached-only", ...args];
      return { version, ...lastJson(await output(deno, all, { cwd: folder, env: keys })) };
    },
  };
}

/** The npm package's binary, or else the one that is installed here. */
export async function findDeno() {
  for (const deno of [join(here, "node_modules/.bin/deno"), "deno"]) {
    if (await output(deno, ["--version"]).catch(() => undefined)) return deno;
  }
  throw new Skipped(`npm has no Deno for ${process.platform}-${process.arch}, and none is on the PATH`);
}
