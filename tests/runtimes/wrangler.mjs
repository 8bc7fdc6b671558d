// The pinned wrangler, serving a worker.

import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { ask, freePort } from "./processes.mjs";

const require = createRequire(import.meta.url);
const manifest = require.resolve("wrangler/package.json");
export const { version, bin } = require(manifest);
const pinned = join(dirname(manifest), bin.wrangler);

/** Serves with `wrangler dev` and asks for a path. */
export function askWrangler(cwd, args, { wrangler = pinned, path = "/", command = "dev", env, use } = {}) {
  const [port, inspector] = [freePort(), freePort()];
  const settings = ["--ip", "127.0.0.1", "--port", port, "--inspector-port", inspector];
  const all = [wrangler, ...command.split(" "), ...args, ...settings, "--show-interactive-dev-session=false"];
  return ask(`http://127.0.0.1:${port}${path}`, "node", all.map(String), { cwd, env, use });
}
