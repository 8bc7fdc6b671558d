// What a reader has: a folder in which the packed tarball was installed, and a compiler.

import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import * as esbuild from "esbuild";
import { root, tarball } from "../runtimes/consumer.mjs";

export const exec = promisify(execFile);

/** Installs the tarball in a new folder, or in one that exists, and links what else it needs from here. */
export async function install(packages, folder = mkdtempSync(join(tmpdir(), "plaid-edge-docs-"))) {
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  const npm = ["install", "--offline", "--no-save", "--omit=dev", "--no-audit", "--no-fund", await tarball()];
  await exec("npm", npm, { cwd: folder });
  for (const [name, home] of Object.entries(packages)) {
    const link = join(folder, "node_modules", name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(root, home, "node_modules", name), link);
  }
  return folder;
}

/** The compiler's complaints about these files, as a strict user sees them; nothing if there are none. */
export async function typeCheck(folder, files, types) {
  const compilerOptions = {
    ...{ noEmit: true, strict: true, noUncheckedIndexedAccess: true, skipLibCheck: true },
    ...{ target: "es2022", module: "nodenext", lib: ["es2023"], types },
  };
  const config = join(folder, "tsconfig.json");
  writeFileSync(config, JSON.stringify({ compilerOptions, files }));
  return exec(join(root, "node_modules/.bin/tsc"), ["--project", config], { cwd: folder }).then(
    () => "",
    ({ stdout }) => stdout,
  );
}

/** A program as one JavaScript file beside it, packages left out. */
export function compile(file) {
  const outfile = file.replace(/\.\w+$/, ".mjs");
  esbuild.buildSync({
    entryPoints: [file],
    outfile,
    bundle: true,
    packages: "external",
    platform: "node",
    format: "esm",
  });
  return outfile;
}
