import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

/** Installs what the folder's package-lock.json says, unless it is there already. */
export async function installPackages(folder) {
  const lock = await readFile(join(folder, "package-lock.json"), "utf8");
  const stamp = join(folder, "node_modules/.installed");
  if ((await readFile(stamp, "utf8").catch(() => "")) === lock) return;
  console.error(`installing the packages of ${folder}`);
  await promisify(execFile)("npm", ["ci", "--loglevel=error"], { cwd: folder });
  await writeFile(stamp, lock);
}
