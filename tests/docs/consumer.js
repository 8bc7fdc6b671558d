// What a reader has: a folder in which the packed tarball was installed, and a compiler.

import { execFile } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import * as esbuild from "esbuild";
import { root, tarball } from "../runtimes/consumer.mjs";

export const exec = promisify(execFile);

/** Where the other packages are that readers install: in the repository's own folders of pinned ones. */
const HOMES = {
  "@cloudflare/workers-types": "node_modules",
  "@types/node": "node_modules",
  typescript: "node_modules",
  wrangler: "node_modules",
  vitest: "tests/runtimes/node_modules",
  express: "tests/docs/node_modules",
  fastify: "tests/docs/node_modules",
  hono: "tests/docs/node_modules",
  "@opentelemetry/api": "tests/docs/node_modules",
};

/** A new project, which is gone when the tests end. */
export function newFolder() {
  const folder = mkdtempSync(join(tmpdir(), "plaid-edge-docs-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  // Without it, npm would install into whatever project is above.
  writeFileSync(join(folder, "package.json"), '{ "private": true, "type": "module" }');
  return folder;
}

/** Gives a folder what npm installs of the tarball, and links to other packages. */
export async function install(folder, packages) {
  const modules = join(await installed(), "node_modules");
  cpSync(modules, join(folder, "node_modules"), { recursive: true, verbatimSymlinks: true });
  for (const name of packages) {
    const link = join(folder, "node_modules", name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(root, HOMES[name], name), link);
  }
}

/** A folder in which npm has installed this tarball: once, since npm takes a second and there are many projects. */
export async function installed() {
  const file = await tarball();
  const { mtimeMs, size } = statSync(file);
  const all = join(root, "dist/installed");
  const folder = join(all, `${Math.trunc(mtimeMs)}-${size}`);
  if (existsSync(folder)) return folder;
  rmSync(all, { recursive: true, force: true });
  const fresh = newFolder();
  await exec("npm", ["install", "--offline", "--no-audit", "--no-fund", file], { cwd: fresh });
  mkdirSync(all);
  const partial = join(all, `${process.pid}`);
  cpSync(fresh, partial, { recursive: true, verbatimSymlinks: true });
  renameSync(partial, folder);
  return folder;
}

/** The compiler's complaints about these files, as a strict user sees them; nothing if there are none. */
export async function typeCheck(folder, files, types) {
  if (files.length === 0) return "";
  const compilerOptions = {
    ...{ noEmit: true, strict: true, noUncheckedIndexedAccess: true, skipLibCheck: true },
    ...{ target: "es2022", module: "nodenext", lib: ["es2023"], types },
  };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files }));
  return exec(join(root, "node_modules/.bin/tsc"), ["--project", "tsconfig.json"], { cwd: folder }).then(
    () => "",
    ({ stdout }) => stdout,
  );
}

/** A program as one JavaScript file beside it, packages left out. */
export function compile(file) {
  const outfile = file.replace(/\.\w+$/, ".mjs");
  esbuild.buildSync({
    ...{ entryPoints: [file], outfile, bundle: true, packages: "external" },
    ...{ platform: "node", format: "esm" },
  });
  return outfile;
}
