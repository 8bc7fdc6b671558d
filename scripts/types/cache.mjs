// Extracting types from Plaid's official package takes seconds, and its result changes only with that package
// or with the script that extracts. So results are kept below node_modules/.cache, named by a hash of both.

import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const modules = new URL("../../node_modules/", import.meta.url);
const root = new URL(".cache/plaid-edge-types/", modules);

/** The version of an installed package. */
export const versionOf = (name) =>
  JSON.parse(readFileSync(new URL(`${name}/package.json`, modules), "utf8")).version;

/**
 * The text that `produce` gives, from the cache where the same sources gave it before.
 * @param {string} name what is cached, as a file name
 * @param {object} inputs what the result depends on
 * @param {string[]} inputs.packages installed packages
 * @param {(string | URL)[]} inputs.scripts files, as URLs
 * @param {string} [inputs.text] anything else
 * @param {() => string | Promise<string>} produce
 */
export async function cached(name, { packages, scripts, text = "" }, produce) {
  const hash = createHash("sha256");
  for (const dependency of packages) hash.update(`${dependency}@${versionOf(dependency)}\n`);
  for (const script of scripts) hash.update(readFileSync(new URL(script)));
  hash.update(text);
  const file = fileURLToPath(new URL(`${hash.digest("hex").slice(0, 16)}-${name}`, root));
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if (error.code !== "ENOENT") throw error;
  }
  const result = await produce();
  mkdirSync(root, { recursive: true });
  // Renamed into place, so that a run beside this one never reads half a file.
  const partial = `${file}.${process.pid}`;
  writeFileSync(partial, result);
  renameSync(partial, file);
  return result;
}
