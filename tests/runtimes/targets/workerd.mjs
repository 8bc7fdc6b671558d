// workerd by itself, without a bundler: every file is a module in its configuration.

import { readdir, readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { ask, freePort } from "../processes.mjs";
import { compatibilityDates } from "./compatibility-dates.mjs";

const require = createRequire(import.meta.url);
const { version } = require("workerd/package.json");

export default compatibilityDates.map((date) => ({
  runtime: "workerd",
  how: `compatibility date ${date}`,
  version,
  async run(folder) {
    const port = freePort();
    await writeFile(join(folder, "workerd.capnp"), await configuration(folder, date, port));
    return ask(`http://127.0.0.1:${port}/`, require("workerd").default, ["serve", "workerd.capnp"], {
      cwd: folder,
    });
  },
}));

async function configuration(folder, date, port) {
  const within = "node_modules/plaid-edge";
  const { exports } = JSON.parse(await readFile(join(folder, within, "package.json"), "utf8"));
  const entry = (subpath) => `${within}/${exports[subpath].workerd.default.slice(2)}`;
  const files = await readdir(join(folder, within));
  const suite = await readdir(join(folder, "suite"));
  const scripts = [
    "worker.js",
    "jose.js",
    ...suite.map((file) => `suite/${file}`),
    ...[".", "./sandbox"].map(entry),
    ...files.filter((file) => file.endsWith("-glue.js")).map((file) => `${within}/${file}`),
  ];
  const modules = [
    ...scripts.map((file) => `(name = "${file}", esModule = embed "${file}")`),
    ...files
      .filter((file) => file.endsWith(".wasm"))
      .map((file) => `(name = "${within}/${file}", wasm = embed "${within}/${file}")`),
    // workerd takes a bare name for a path.
    `(name = "plaid-edge", esModule = "export * from './${entry(".")}';")`,
    `(name = "plaid-edge/sandbox", esModule = "export * from '../${entry("./sandbox")}';")`,
  ];
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = .worker)],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")],
);
const worker :Workerd.Worker = (
  compatibilityDate = "${date}",
  modules = [
    ${modules.join(",\n    ")},
  ],
);
`;
}
