// What a user has: an empty folder in which the packed tarball was installed. Beside it lie the suite and the
// fixtures that hand it what they imported.

import { execFile } from "node:child_process";
import { cp, mkdtemp, readdir, writeFile } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import * as esbuild from "esbuild";

export const here = fileURLToPath(new URL(".", import.meta.url));
export const root = fileURLToPath(new URL("../../", import.meta.url));

/** Where pinned tools are kept: the same folder as in scripts/env.sh. */
export const tools =
  process.env.PLAID_EDGE_TOOLS ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "plaid-edge");

/** The tarball under test. */
export async function tarball() {
  const files = (await readdir(join(root, "dist"))).filter((name) => /^plaid-edge-.*\.tgz$/.test(name));
  if (files.length !== 1) throw new Error(`dist holds ${files.length} tarballs; make pack leaves one`);
  return join(root, "dist", files[0]);
}

/** An empty folder with the tarball installed in it. */
export async function install(command = npm) {
  const folder = await mkdtemp(join(tmpdir(), "plaid-edge-runtimes-"));
  await writeFile(join(folder, "package.json"), JSON.stringify({ private: true, type: "module" }));
  await command(await tarball(), folder);
  await cp(join(root, "tests/suite"), join(folder, "suite"), { recursive: true });
  await cp(join(here, "fixtures"), folder, { recursive: true });
  await esbuild.build({
    stdin: { contents: 'export { SignJWT, generateKeyPair } from "jose";', resolveDir: root },
    outfile: join(folder, "jose.js"),
    bundle: true,
    format: "esm",
    platform: "neutral",
    mainFields: ["module"],
  });
  return folder;
}

async function npm(tarball, cwd) {
  await promisify(execFile)("npm", ["install", "--offline", "--no-audit", "--no-fund", tarball], { cwd });
}

/** A copy of an installed folder, for one target to work in. */
export async function copyOf(folder) {
  const copy = await mkdtemp(join(tmpdir(), "plaid-edge-runtimes-"));
  await cp(folder, copy, { recursive: true, verbatimSymlinks: true });
  return copy;
}
