// The smallest project of each tool, in a folder that lies outside of the repository, where no parent has packages.

import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { cp, mkdir, mkdtemp, readFile, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { here as runtimes, root, tarball, tools } from "../runtimes/consumer.mjs";
import { output } from "../runtimes/processes.mjs";
import { Skipped } from "../runtimes/target.mjs";

const run = promisify(execFile);
export const here = fileURLToPath(new URL("projects/", import.meta.url));
export const pnpm = join(runtimes, "node_modules/pnpm/bin/pnpm.cjs");
const cache = join(tools, "frameworks");

/** The version of a package that a project pins. */
export async function pinned(project, dependency) {
  const { dependencies } = JSON.parse(await readFile(join(here, project, "package.json"), "utf8"));
  return dependencies[dependency].split("@").at(-1);
}

/** Runs `use` in a fresh copy of a project, in which the tarball is installed. */
export async function inProject(name, use) {
  // A sibling of the project that has the packages, because pnpm links to what lies beside it.
  const folder = await mkdtemp(join(await installed(), "run-"));
  try {
    await run("cp", ["-a", `${join(folder, "..", name)}/.`, folder]);
    await cp(join(here, name), folder, { recursive: true });
    await cp(join(root, "tests/suite/short.js"), join(folder, "short.js"));
    await unpack(folder);
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** What `npm install plaid-edge` does: the package has no dependencies and no scripts. */
async function unpack(folder) {
  const target = join(folder, "node_modules/plaid-edge");
  await mkdir(target, { recursive: true });
  await run("tar", ["-xzf", await tarball(), "--strip-components=1", "-C", target]);
}

let installing;

/** The folder with the packages of all projects: installed once per lock file, for every checkout of this user. */
export function installed() {
  return (installing ??= install());
}

async function install() {
  const lock = await readFile(join(here, "pnpm-lock.yaml"));
  const id = createHash("sha256").update(lock).digest("hex").slice(0, 16);
  const folder = join(cache, id);
  await mkdir(cache, { recursive: true });
  if ((await readdir(cache)).includes(id)) return folder;
  console.error("installing the packages of tests/frameworks/projects");
  const fresh = await mkdtemp(join(cache, "install-"));
  const files = ["pnpm-lock.yaml", "pnpm-workspace.yaml"];
  for (const entry of await readdir(here, { withFileTypes: true }))
    if (entry.isDirectory()) files.push(`${entry.name}/package.json`);
  for (const file of files) await cp(join(here, file), join(fresh, file));
  // Install scripts fetch from elsewhere, or only make faster what works without.
  const args = [pnpm, "install", "--frozen-lockfile", "--ignore-scripts", "--store-dir", join(tools, "pnpm")];
  await output(process.execPath, args, { cwd: fresh, timeoutMs: 900_000 });
  // Another run may have been faster.
  await rename(fresh, folder).catch(() => rm(fresh, { recursive: true, force: true }));
  return folder;
}

/** The environment of Node 24: not all tools run on the oldest that the package supports. */
export async function node24() {
  const binary = join(runtimes, "node_modules/node24-linux-x64/bin");
  const isThere = await readdir(binary).catch(() => undefined);
  if (!isThere) throw new Skipped("it needs Node 24, which is pinned for Linux on x64 only");
  return { PATH: `${binary}:${process.env.PATH}` };
}

/** Runs a tool's command: the path of its script within node_modules, and arguments. */
export async function tool(folder, [script, ...args], env) {
  return output("node", [join(folder, "node_modules", script), ...args], {
    cwd: folder,
    env: { ...(await node24()), ...env },
    timeoutMs: 300_000,
  });
}
