// What scripts/release-check.sh sees at once, in a clone with something wrong.

import assert from "node:assert/strict";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { root } from "../runtimes/consumer.mjs";
import { exec, newFolder } from "./consumer.js";

/** What the check looks at, committed. */
async function clone() {
  const folder = newFolder();
  for (const path of ["Cargo.toml", "Cargo.lock", "CHANGELOG.md", "pkg-template/package.json", "scripts"]) {
    cpSync(join(root, path), join(folder, path), { recursive: true });
  }
  const git = (...args) =>
    exec("git", ["-c", "user.name=test", "-c", "user.email=test@example.com", ...args], { cwd: folder });
  await git("init", "--quiet");
  await git("add", ".");
  await git("commit", "--quiet", "--message", "Everything");
  return folder;
}

const check = (folder, ...args) =>
  exec(join(folder, "scripts/release-check.sh"), args, { cwd: folder }).then(
    () => assert.fail("the check passed"),
    ({ stderr }) => stderr,
  );

test("versions that differ, a missing section and another tag are named, all at once", async () => {
  const folder = await clone();
  const manifest = join(folder, "pkg-template/package.json");
  writeFileSync(manifest, readFileSync(manifest, "utf8").replace(/"version": ".*"/, '"version": "9.8.7"'));
  const complaints = await check(folder, "v9.8.6");
  assert.match(complaints, /Cargo\.toml says version .*, pkg-template\/package\.json 9\.8\.7/);
  assert.match(complaints, /Cargo\.lock says version .* of plaid-edge, not 9\.8\.7/);
  assert.match(complaints, /Cargo\.lock says version .* of plaid-edge-sandbox, not 9\.8\.7/);
  assert.match(complaints, /Cargo\.lock says version .* of plaid-edge-client, not 9\.8\.7/);
  assert.match(complaints, /CHANGELOG\.md has no dated section for 9\.8\.7/);
  assert.match(complaints, /the tag v9\.8\.6 is not v9\.8\.7/);
  assert.match(complaints, /the tree is not clean: .*pkg-template\/package\.json/);
  assert.match(complaints, /8 to put right/);
});

test("a file that is not committed is enough", async () => {
  const folder = await clone();
  writeFileSync(join(folder, "notes"), "");
  const complaints = await check(folder);
  assert.match(complaints, /the tree is not clean: \?\? notes/);
  assert.match(complaints, /1 to put right/);
});

test("the bill of materials lists the crates that are compiled in, and no others", async () => {
  const { stdout } = await exec(process.execPath, [join(root, "scripts/sbom.mjs")]);
  const { metadata, components, dependencies } = JSON.parse(
    readFileSync(join(root, stdout.split(":")[0]), "utf8"),
  );
  const { version } = JSON.parse(readFileSync(join(root, "pkg-template/package.json"), "utf8"));
  assert.equal(metadata.component.purl, `pkg:npm/plaid-edge@${version}`);
  const names = components.map(({ name }) => name);
  for (const name of ["plaid-edge", "plaid-edge-core", "plaid-edge-sandbox", "wasm-bindgen", "p256"])
    assert.ok(names.includes(name), name);
  // A macro, which runs in the compiler, and a test's dependency.
  for (const name of ["thiserror-impl", "wasm-bindgen-test"]) assert.ok(!names.includes(name), name);

  const lock = readFileSync(join(root, "Cargo.lock"), "utf8");
  const refs = new Set([metadata.component, ...components].map((component) => component["bom-ref"]));
  for (const { name, version, hashes } of components) {
    assert.ok(lock.includes(`name = "${name}"\nversion = "${version}"\n`), name);
    if (hashes) assert.ok(lock.includes(hashes[0].content), name);
  }
  for (const { dependsOn } of dependencies) for (const ref of dependsOn) assert.ok(refs.has(ref), ref);
});
