// What a user has: a project with the package's declarations installed from PLAID_EDGE_PACKAGE (dist/package), and the
// fixture's files, which are compiled and never run. `strict`, and without `skipLibCheck`.

import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../../", import.meta.url));
export const packed = resolve(root, process.env.PLAID_EDGE_PACKAGE ?? "dist/package");
if (!existsSync(join(packed, "index.d.ts")))
  throw new Error(`no declarations in ${packed}: build the package first`);

/** The types of the web, as browsers have them. */
export const dom = { lib: ["es2022", "dom", "dom.iterable"], types: [] };

/** A folder that is gone when the tests end. */
export function newProject() {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "plaid-edge-types-")));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  cpSync(fileURLToPath(new URL("fixture", import.meta.url)), folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), JSON.stringify({ type: "module" }));
  const modules = join(folder, "node_modules");
  const isDeclared = (file) => !/\.(wasm|js|cjs|map)$/.test(file);
  cpSync(packed, join(modules, "plaid-edge"), { recursive: true, filter: isDeclared });
  for (const name of ["@cloudflare/workers-types", "@types/node", "plaid"]) {
    mkdirSync(dirname(join(modules, name)), { recursive: true });
    symlinkSync(join(root, "node_modules", name), join(modules, name));
  }
  return folder;
}

/** Writes a tsconfig.json by another name, and gives its path. */
export function configure(folder, name, { files, ...options }) {
  const compilerOptions = { target: "es2022", strict: true, skipLibCheck: false, noEmit: true, ...options };
  const path = join(folder, `tsconfig.${name.replace(/\W+/g, "-")}.json`);
  writeFileSync(path, JSON.stringify({ compilerOptions, files }));
  return path;
}
