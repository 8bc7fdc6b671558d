import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const root = fileURLToPath(new URL("../..", import.meta.url));
const run = promisify(execFile);

describe("what the scripts install and show", () => {
  let folder;
  before(() => (folder = mkdtempSync(join(tmpdir(), "plaid-edge-scripts-"))));
  after(() => rmSync(folder, { recursive: true }));

  const executable = (path, text) => {
    writeFileSync(path, `#!/bin/sh\n${text}\n`);
    chmodSync(path, 0o755);
  };
  const bash = (script, env = {}) =>
    run("bash", ["-c", script], { cwd: root, env: { ...process.env, ...env } });

  test("a build does not need wasm-pack", async () => {
    const version = /name = "wasm-bindgen"\nversion = "(.*)"/.exec(
      readFileSync(`${root}Cargo.lock`, "utf8"),
    )[1];
    const tools = join(folder, "tools");
    const installed = join(folder, "installed");
    mkdirSync(join(tools, "bin"), { recursive: true });
    executable(join(tools, "bin", "wasm-bindgen"), `echo wasm-bindgen ${version}`);
    executable(join(tools, "bin", "cargo"), `echo "$@" >> ${installed}`);
    await bash("scripts/setup.sh rust", { PLAID_EDGE_TOOLS: tools });
    assert.equal(existsSync(installed), false, "nothing is installed with cargo");
    await bash("scripts/setup.sh wasm-pack", { PLAID_EDGE_TOOLS: tools });
    assert.match(readFileSync(installed, "utf8"), /^install wasm-pack /);
  });

  test("a long step shows its last line, and all of its output if it fails", async () => {
    // It ends when its own progress was shown, so the test does not wait for a time.
    const shown = join(folder, "shown");
    const step = `for i in $(seq 600); do echo "crate $i"; grep -qs "crate" ${shown} && exit 0; sleep 0.1; done; exit 1`;
    await bash(`source scripts/env.sh; long "building" bash -c '${step}' 2>${shown}`);
    assert.match(readFileSync(shown, "utf8"), /building: \d+ s · crate \d+/);

    const failed = await bash(
      `source scripts/env.sh; long "building" bash -c 'echo no space left; exit 7'`,
    ).catch((error) => error);
    assert.equal(failed.code, 7);
    assert.match(failed.stderr, /no space left/);
  });
});
