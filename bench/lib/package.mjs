// plaid-edge as its users get it: the packed tarball, unpacked where it is imported by its name.

import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));

export function unpackPlaidEdge() {
  const tarball = readdirSync(`${root}dist`).find((name) => /^plaid-edge-.*\.tgz$/.test(name));
  if (!tarball) throw new Error("no package in dist/: run `make pack` first");
  const folder = `${root}bench/node_modules/plaid-edge`;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  execFileSync("tar", ["-xzf", `${root}dist/${tarball}`, "-C", folder, "--strip-components=1"]);
}
