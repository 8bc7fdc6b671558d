// Writes dist/plaid-edge-<version>.cdx.json, the release's bill of materials in CycloneDX 1.6: the package, which has no
// dependencies on npm, and the crates that are compiled into its two wasm files. Rust's standard library, which is in them
// too, is no crate and not listed.

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const SHIPPED = ["plaid-edge", "plaid-edge-sandbox"];
const TARGET = ["--target", "wasm32-unknown-unknown"];

const manifest = JSON.parse(readFileSync(`${root}pkg-template/package.json`, "utf8"));
const { name, version } = manifest;
const purl = `pkg:npm/${name}@${version}`;
const tarball = readFileSync(`${root}dist/${name}-${version}.tgz`);
const metadata = JSON.parse(
  cargo("metadata", ["--format-version", "1", "--filter-platform", "wasm32-unknown-unknown"]),
);
const compiled = compiledCrates();
const packages = new Map(metadata.packages.map((crate) => [crate.id, crate]));
const checksums = lockedChecksums();

const roots = metadata.workspace_members.filter((id) => SHIPPED.includes(packages.get(id).name));
const dependencies = new Map();
for (const id of roots) visit(id);

const bom = {
  $schema: "http://cyclonedx.org/schema/bom-1.6.schema.json",
  bomFormat: "CycloneDX",
  specVersion: "1.6",
  version: 1,
  metadata: {
    component: {
      type: "library",
      "bom-ref": purl,
      name,
      version,
      description: manifest.description,
      hashes: [{ alg: "SHA-256", content: createHash("sha256").update(tarball).digest("hex") }],
      licenses: [{ expression: manifest.license }],
      purl,
      externalReferences: [{ type: "vcs", url: manifest.repository.url }],
    },
  },
  components: [...dependencies.keys()].map(component),
  dependencies: [
    { ref: purl, dependsOn: roots.map(refOf) },
    ...[...dependencies].map(([id, on]) => ({ ref: refOf(id), dependsOn: on.map(refOf) })),
  ],
};
const file = `dist/${name}-${version}.cdx.json`;
writeFileSync(root + file, `${JSON.stringify(bom, null, 2)}\n`);
console.log(`${file}: ${bom.components.length} crates`);

function cargo(command, args) {
  const options = {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
    stdio: ["ignore", "pipe", "inherit"],
  };
  return execFileSync("cargo", [command, "--locked", ...args], options);
}

/** The SHA-256 of each crate's file, from Cargo.lock. */
function lockedChecksums() {
  const lock = readFileSync(`${root}Cargo.lock`, "utf8");
  const entries = lock.matchAll(/^name = "(.*)"\nversion = "(.*)"\nsource = .*\nchecksum = "(.*)"/gm);
  return new Map([...entries].map(([, name, version, checksum]) => [`${name}@${version}`, checksum]));
}

/** What is compiled into the wasm, as `name@version`: no crate that only builds, tests, or runs inside the compiler. */
function compiledCrates() {
  const args = ["--edges", "normal,no-proc-macro", "--prefix", "none", "--format", "{p}"];
  const lines = cargo("tree", [...SHIPPED.flatMap((name) => ["--package", name]), ...TARGET, ...args]);
  return new Set([...lines.matchAll(/^(\S+) v(\S+)/gm)].map(([, name, version]) => `${name}@${version}`));
}

function visit(id) {
  if (dependencies.has(id)) return;
  const { dependencies: all } = metadata.resolve.nodes.find((node) => node.id === id);
  const shipped = all.filter((dependency) => compiled.has(named(dependency)));
  dependencies.set(id, shipped);
  for (const dependency of shipped) visit(dependency);
}

function named(id) {
  const { name, version } = packages.get(id);
  return `${name}@${version}`;
}

function refOf(id) {
  return `pkg:cargo/${named(id)}`;
}

function component(id) {
  const { name, version, license, source, repository } = packages.get(id);
  const checksum = checksums.get(named(id));
  if (source && !checksum) throw new Error(`Cargo.lock has no checksum for ${named(id)}`);
  return {
    type: "library",
    "bom-ref": refOf(id),
    name,
    version,
    ...(checksum ? { hashes: [{ alg: "SHA-256", content: checksum }] } : {}),
    // Older crates separate alternatives with a slash.
    ...(license ? { licenses: [{ expression: license.replaceAll("/", " OR ") }] } : {}),
    purl: refOf(id),
    ...(repository ? { externalReferences: [{ type: "vcs", url: repository }] } : {}),
  };
}
