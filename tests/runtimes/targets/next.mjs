// Next's edge and node routes and a client component, in one production build.

import { rmSync } from "node:fs";
import { cp, readFile } from "node:fs/promises";
import { join } from "node:path";
import { openPage } from "../chromium.mjs";
import { copyOf, here, tarball } from "../consumer.mjs";
import { installPackages } from "../packages.mjs";
import { ask, freePort, output } from "../processes.mjs";

const source = join(here, "next");
const { dependencies } = JSON.parse(await readFile(join(source, "package.json"), "utf8"));

export default [
  target("edge route", "edge"),
  target("node route", "node"),
  target("client component", "", async (url) => {
    await fetch(url);
    return openPage(url);
  }),
];

function target(how, path, use) {
  return {
    runtime: "Next",
    how,
    version: dependencies.next,
    async run(folder) {
      const app = await build(folder);
      const port = freePort();
      const next = [
        join(app, "node_modules/next/dist/bin/next"),
        "start",
        "--hostname",
        "127.0.0.1",
        "--port",
      ];
      return ask(`http://127.0.0.1:${port}/${path}`, process.execPath, [...next, `${port}`], {
        cwd: app,
        use,
      });
    },
  };
}

let built;

/** Built once for all three. */
function build(folder) {
  return (built ??= buildApp(folder));
}

async function buildApp(folder) {
  await installPackages(source);
  const app = await copyOf(source);
  process.once("exit", () => rmSync(app, { recursive: true, force: true }));
  for (const name of ["suite", "jose.js"]) await cp(join(folder, name), join(app, name), { recursive: true });
  await output("npm", ["install", "--no-save", "--offline", "--no-audit", await tarball()], { cwd: app });
  await output(process.execPath, [join(app, "node_modules/next/dist/bin/next"), "build"], {
    cwd: app,
    timeoutMs: 300_000,
  });
  return app;
}
