// What packs a Node program for a function service, and package managers that lay packages out in their own way.

import { writeFile, cp, mkdir, mkdtemp, rm } from "node:fs/promises";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import * as esbuild from "esbuild";
import { here as runtimes, root, tarball } from "../../runtimes/consumer.mjs";
import { lastJson, output } from "../../runtimes/processes.mjs";
import { inProject, pinned, pnpm } from "../project.mjs";

const versionOf = (name) =>
  JSON.parse(readFileSync(join(runtimes, "node_modules", name, "package.json"), "utf8")).version;
const node20 = join(runtimes, "node_modules/node20-linux-x64/bin/node");

const CALL = `handler().then((result) => console.log(JSON.stringify(result)));`;
const COMMONJS = `const { short } = require("./short.cjs");
const handler = () => short({ ...require("plaid-edge"), ...require("plaid-edge/sandbox") });
exports.handler = handler;
`;
const MODULE = `import * as plaidEdge from "plaid-edge";
import { PlaidSandbox } from "plaid-edge/sandbox";
import { short } from "./short.js";
export const handler = () => short({ ...plaidEdge, PlaidSandbox });
`;

/** A bundle as Lambda's tools (CDK, SST, Serverless, SAM) make it, called as Lambda does. */
const lambda = (format) => ({
  runtime: "Lambda",
  how: `bundled by esbuild, ${format}`,
  version: "nodejs20.x",
  run: () =>
    inProject("nft", async (folder) => {
      await writeFile(join(folder, "handler.mjs"), MODULE);
      const outfile = join(folder, `bundle/index.${format === "esm" ? "mjs" : "cjs"}`);
      await esbuild.build({
        ...{ entryPoints: [join(folder, "handler.mjs")], outfile, format },
        ...{ bundle: true, minify: true, platform: "node", target: "node20", absWorkingDir: folder },
      });
      await rm(join(folder, "node_modules"), { recursive: true });
      await writeFile(
        join(folder, "call.mjs"),
        `import { handler } from ${JSON.stringify(outfile)};\n${CALL}`,
      );
      return lastJson(await output(node20, ["call.mjs"], { cwd: folder }));
    }),
});

const nft = {
  runtime: "@vercel/nft",
  how: "traced for Netlify and Vercel, loaded by Node 20",
  version: await pinned("nft", "@vercel/nft"),
  run: () =>
    inProject("nft", async (folder) => {
      await esbuild.build({
        ...{ entryPoints: [join(folder, "short.js")], outfile: join(folder, "short.cjs"), format: "cjs" },
      });
      await writeFile(join(folder, "handler.cjs"), COMMONJS + CALL);
      const { nodeFileTrace } = createRequire(join(folder, "package.json"))("@vercel/nft");
      const { fileList } = await nodeFileTrace([join(folder, "handler.cjs")], { base: folder });
      // Elsewhere, nothing is found that was not traced.
      const elsewhere = await mkdtemp(join(tmpdir(), "plaid-edge-nft-"));
      try {
        for (const file of fileList) {
          await mkdir(dirname(join(elsewhere, file)), { recursive: true });
          await cp(join(folder, file), join(elsewhere, file));
        }
        return lastJson(await output(node20, ["handler.cjs"], { cwd: elsewhere }));
      } finally {
        await rm(elsewhere, { recursive: true });
      }
    }),
};

/** A program that a package manager installs the tarball for, and runs. */
const packageManager = (runtime, name, how, settings, commands) => ({
  runtime,
  how,
  version: versionOf(name),
  async run() {
    const folder = await mkdtemp(join(tmpdir(), "plaid-edge-manager-"));
    try {
      await writeFile(join(folder, "package.json"), JSON.stringify({ private: true, type: "module" }));
      for (const [file, text] of Object.entries(settings)) await writeFile(join(folder, file), text);
      await writeFile(join(folder, "program.js"), MODULE + CALL);
      await cp(join(root, "tests/suite/short.js"), join(folder, "short.js"));
      let printed;
      for (const args of commands(await tarball())) {
        printed = await output(process.execPath, args, { cwd: folder, env: { HOME: folder } });
      }
      return lastJson(printed);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
});
const yarn = join(runtimes, "node_modules/@yarnpkg/cli-dist/bin/yarn.js");

export default [
  nft,
  lambda("esm"),
  lambda("cjs"),
  packageManager("pnpm", "pnpm", "isolated node_modules", {}, (file) => [
    [pnpm, "add", "--offline", "--store-dir", "store", file],
    ["program.js"],
  ]),
  packageManager(
    "Yarn",
    "@yarnpkg/cli-dist",
    "Plug'n'Play",
    {
      ".yarnrc.yml":
        "nodeLinker: pnp\nenableTelemetry: false\nenableNetwork: false\nenableGlobalCache: false\n",
      "yarn.lock": "",
    },
    (file) => [
      [yarn, "add", `plaid-edge@file:${file}`],
      [yarn, "node", "program.js"],
    ],
  ),
];
