// The pages' commands, typed in: the sandbox, the worker, a link token, a webhook. Only the ports are others.

import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { root } from "../runtimes/consumer.mjs";
import { ask, freePort, output } from "../runtimes/processes.mjs";
import { install, newFolder } from "./consumer.js";
import { snippetsOf } from "./snippets.js";

const ports = { sandbox: freePort(), worker: freePort() };

/** The lines of a page that begin like this, with free ports, and with the wrangler of this repository. */
function command(page, beginning) {
  const commands = [...readFileSync(join(root, page), "utf8").matchAll(/```sh\n(.*?)```/gs)];
  return commands
    .map(([, lines]) => lines)
    .find((lines) => lines.startsWith(beginning))
    .replace("npx plaid-edge sandbox", `exec npx plaid-edge sandbox --port ${ports.sandbox}`)
    .replace(
      /npx wrangler@[\d.]+ dev/,
      `exec ${root}node_modules/.bin/wrangler dev --port ${ports.worker} --inspector-port 0`,
    )
    .replace("8787", ports.worker);
}

for (const [page, name, file, beginning, expected] of [
  ["README.md", "worker", "src/index.js", "curl http", /"link_token":"link-sandbox-/],
  ["docs/webhooks.md", "webhook worker", "src/webhook.ts", "source .dev.vars\ncurl", /"request_id":"\w+"/],
]) {
  test(`${name}: sandbox, worker, curl`, async () => {
    const { code } = snippetsOf(page).find((snippet) => snippet.name === name);
    const folder = newFolder();
    await install(folder, []);
    mkdirSync(join(folder, "src"));
    writeFileSync(join(folder, file), code);
    const run = (beginning) => ["bash", ["-c", command(page, beginning)]];
    const options = (use) => ({ cwd: folder, use });
    await ask(`http://127.0.0.1:${ports.sandbox}`, ...run("npx plaid-edge sandbox"), options(useWorker));

    async function useWorker(sandbox) {
      await fetch(sandbox);
      await ask(`http://127.0.0.1:${ports.worker}`, ...run("npx wrangler"), options(useCurl));
    }
    async function useCurl(worker) {
      await fetch(worker);
      assert.match(await output(...run(beginning), { cwd: folder }), expected);
    }
  });
}
