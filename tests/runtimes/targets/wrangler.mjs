import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { ask, freePort } from "../processes.mjs";
import { compatibilityDates } from "./compatibility-dates.mjs";

const require = createRequire(import.meta.url);
const manifest = require.resolve("wrangler/package.json");
const { version, bin } = require(manifest);
const wrangler = join(dirname(manifest), bin.wrangler);

export default compatibilityDates.map((date) => ({
  runtime: "wrangler dev",
  how: `compatibility date ${date}`,
  version,
  async run(folder) {
    const port = freePort();
    const inspector = freePort();
    const args = [
      wrangler,
      "dev",
      "worker.js",
      "--ip",
      "127.0.0.1",
      "--port",
      port,
      "--inspector-port",
      inspector,
    ];
    const settings = ["--compatibility-date", date, "--show-interactive-dev-session=false"];
    return ask(`http://127.0.0.1:${port}/`, process.execPath, [...args, ...settings].map(String), {
      cwd: folder,
    });
  },
}));
