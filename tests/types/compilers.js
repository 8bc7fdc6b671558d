// TypeScript in several versions. Up to 5 it is called as a library, one process for all projects of a version: parsing the
// libraries and the declarations takes longer than all else, and is done once. From 7 on it is run as a command.

import { execFile, execFileSync, fork } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { root } from "./project.js";

/** The repository's own version, with which everything is compiled that is not said to be compiled with others. */
export const own = ts.versionMajorMinor;

/** A function by version: it compiles the project of a tsconfig.json, and gives what the compiler says. */
export const compilers = Object.fromEntries(
  Object.entries(folders()).map(([version, folder]) => [
    version,
    existsSync(join(folder, "lib/typescript.js")) ? asLibrary(folder) : asCommand(folder),
  ]),
);

/** The folder of each TypeScript, by version: the repository's own, and those in compilers/. */
function folders() {
  const folder = fileURLToPath(new URL("compilers/", import.meta.url));
  const { dependencies } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const missing = Object.keys(dependencies).some((name) => !existsSync(join(folder, "node_modules", name)));
  if (missing) execFileSync("npm", ["ci", "--prefix", folder, "--loglevel=error"], { stdio: "inherit" });
  const others = Object.keys(dependencies).map((name) => [
    name.replace("typescript-", ""),
    join(folder, "node_modules", name),
  ]);
  return { [own]: join(root, "node_modules/typescript"), ...Object.fromEntries(others) };
}

function asLibrary(folder) {
  let compiler;
  const pending = new Map();
  return (config, { checksAll = false } = {}) => {
    if (!compiler) {
      compiler = fork(fileURLToPath(new URL("compiler.mjs", import.meta.url)), [folder]);
      compiler.on("message", ({ config, ...result }) => {
        pending.get(config).resolve(result);
        pending.delete(config);
        if (pending.size === 0) (compiler.unref(), compiler.channel.unref());
      });
      compiler.on("exit", (code) => {
        for (const { reject } of pending.values()) reject(new Error(`the compiler ended with ${code}`));
      });
    }
    compiler.ref();
    compiler.channel.ref();
    return new Promise((resolve, reject) => {
      pending.set(config, { resolve, reject });
      compiler.send({ config, checksAll });
    });
  };
}

function asCommand(folder) {
  return (config) =>
    new Promise((resolve) =>
      execFile(
        process.execPath,
        [join(folder, "bin/tsc"), "-p", config],
        { cwd: dirname(config) },
        (_error, stdout, stderr) => resolve({ output: stdout + stderr }),
      ),
    );
}
