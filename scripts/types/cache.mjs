// Extracting types from Plaid's official package takes seconds, and its result changes only with that package or with the
// script that extracts. So results are kept below node_modules/.cache, named by a hash of both.

import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const require = createRequire(import.meta.url);
const root = new URL("../../node_modules/.cache/plaid-edge-types/", import.meta.url);

/** The version of an installed package. */
export const versionOf = (name) => require(`${name}/package.json`).version;

/**
 * The text that `produce` gives, from the cache where the same sources gave it before.
 * @param {string} name what is cached, as a file name
 * @param {{ packages: string[], scripts: (string | URL)[] }} inputs the installed packages and the files the result depends on
 * @param {() => string | Promise<string>} produce
 */
export async function cached(name, { packages, scripts }, produce) {
  const hash = createHash("sha256");
  for (const name of packages) hash.update(`${name}@${versionOf(name)}\n`);
  for (const script of scripts) hash.update(readFileSync(new URL(script)));
  const file = fileURLToPath(new URL(`${hash.digest("hex").slice(0, 16)}-${name}`, root));
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if (error.code !== "ENOENT") throw error;
  }
  const text = await produce();
  mkdirSync(root, { recursive: true });
  // Renamed into place, so that a run beside this one never reads half a file.
  const partial = `${file}.${process.pid}`;
  writeFileSync(partial, text);
  renameSync(partial, file);
  return text;
}
