// The projects in examples/, each copied out, given the packed tarball, and used.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { cpSync, existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { here, root } from "../runtimes/consumer.mjs";
import { installPackages } from "../runtimes/packages.mjs";
import { ask, freePort, output } from "../runtimes/processes.mjs";
import { exec, install, newFolder } from "./consumer.js";
import { inWorkerd } from "./workerd.js";
import { wranglerConfig } from "./wrangler.js";

const next = join(here, "next");

before(async () => {
  await installPackages(here);
  await startSandbox();
});
after(() => sandbox.process.kill());

test("every example is listed, and names the versions that are tested", () => {
  const examples = readdirSync(join(root, "examples"), { withFileTypes: true }).filter((entry) =>
    entry.isDirectory(),
  );
  const listed = readFileSync(join(root, "examples/README.md"), "utf8").matchAll(/^\| \[([\w-]+)\]/gm);
  assert.deepEqual(examples.map(({ name }) => name).sort(), [...listed].map(([, name]) => name).sort());

  const json = (path) => JSON.parse(readFileSync(join(root, path), "utf8"));
  const tested = {};
  for (const path of ["package.json", "tests/runtimes/package.json", "tests/runtimes/next/package.json"]) {
    const { dependencies, devDependencies } = json(path);
    Object.assign(tested, dependencies, devDependencies);
  }
  tested["plaid-edge"] = json("pkg-template/package.json").version;
  // A container is no project of npm's.
  for (const { name } of examples.filter(({ name }) =>
    existsSync(join(root, "examples", name, "package.json")),
  )) {
    const { dependencies, devDependencies } = json(`examples/${name}/package.json`);
    for (const [dependency, version] of Object.entries({ ...dependencies, ...devDependencies })) {
      assert.equal(version, tested[dependency], `${name}: ${dependency}`);
    }
  }
});

test("cloudflare-worker: its own tests pass, and it compiles", async () => {
  const folder = copy("cloudflare-worker");
  await install(folder, ["vitest", "wrangler", "typescript", "@cloudflare/workers-types"]);
  assert.match(
    await output(process.execPath, ["node_modules/vitest/vitest.mjs", "run"], { cwd: folder }),
    /4 passed/,
  );
  await exec(process.execPath, ["node_modules/typescript/bin/tsc"], { cwd: folder });
});

test("cloudflare-worker: runs in workerd", async () => {
  const folder = copy("cloudflare-worker");
  await install(folder, []);
  const { main, kv_namespaces, vars } = wranglerConfig(readFileSync(join(folder, "wrangler.jsonc"), "utf8"));
  assert.deepEqual([vars, kv_namespaces[0].binding], [{ PLAID_ENV: "sandbox" }, "TOKENS"]);
  assert.match(main, /src\/index\.ts$/);

  const visit = async ({ fetch, sandbox }) => {
    const post = (path, body) => fetch(path, { method: "POST", body: body && JSON.stringify(body) });
    const { link_token } = await (await post("/link-token")).json();
    assert.equal(sandbox.requests()[0].body.webhook, "http://localhost/webhook");
    const public_token = await completeLink(sandbox, link_token);
    assert.equal((await post("/exchange", { public_token })).status, 204);
    assert.equal((await (await fetch("/accounts")).json())[0].name, "Plaid Checking");
    const { body, headers } = await sandbox.signWebhook({ webhook_type: "ITEM", webhook_code: "ERROR" });
    assert.equal((await fetch("/webhook", { method: "POST", body, headers })).status, 200);
    assert.equal((await fetch("/webhook", { method: "POST", body: body + " ", headers })).status, 400);
  };
  await inWorkerd(join(folder, "src/index.ts"), visit, { kvNamespaces: ["TOKENS"] });
});

test("service-binding: two Workers, and only one of them has the credentials", async () => {
  const folder = copy("service-binding");
  await install(folder, ["wrangler", "typescript", "@cloudflare/workers-types"]);
  await exec(process.execPath, ["node_modules/typescript/bin/tsc"], { cwd: folder });
  const [app, bank] = ["app", "bank"].map((name) =>
    wranglerConfig(readFileSync(join(folder, name, "wrangler.jsonc"), "utf8")),
  );
  assert.deepEqual(
    app.services.map(({ binding, service }) => [binding, service]),
    [["BANK", bank.name]],
  );

  const visit = async ({ fetch, sandbox }) => {
    const post = (path, body) => fetch(path, { method: "POST", body: body && JSON.stringify(body) });
    const link_token = await (await post("/link-token")).json();
    const public_token = await completeLink(sandbox, link_token);
    assert.equal((await (await post("/accounts", { public_token })).json())[0].name, "Plaid Checking");
    const spent = await post("/accounts", { public_token });
    assert.equal(spent.status, 422);
    assert.deepEqual(await spent.json(), { kind: "api", code: "INVALID_PUBLIC_TOKEN" });
    sandbox.fail("/link/token/create", { status: 500, times: 3 });
    assert.equal((await post("/link-token")).status, 503);
  };
  await inWorkerd(join(folder, "app/index.ts"), visit, {
    others: { bank: join(folder, "bank/index.ts") },
    bindings: {},
    serviceBindings: { BANK: "bank" },
  });
});

test("vitest-unit-test: its tests pass", async () => {
  const folder = copy("vitest-unit-test");
  await install(folder, ["vitest"]);
  assert.match(
    await output(process.execPath, ["node_modules/vitest/vitest.mjs", "run"], { cwd: folder }),
    /6 passed/,
  );
});

test("node-server: answers in Node", async () => {
  const folder = copy("node-server");
  await install(folder, []);
  const port = freePort();
  writeFileSync(join(folder, ".env"), `${sandbox.settings}PORT=${port}\n`);
  await serves(`http://127.0.0.1:${port}`, process.execPath, ["--env-file=.env", "server.js"], folder);
});

const port = freePort();
for (const [runtime, args] of [
  ["bun", ["server.js"]],
  [
    "deno",
    [
      "serve",
      "--env-file",
      "--allow-env=PLAID_*",
      "--allow-net",
      "--cached-only",
      "--port",
      String(port),
      "server.js",
    ],
  ],
]) {
  test(`fetch-server: answers in ${runtime}`, async (t) => {
    const command = await output(join(here, "node_modules/.bin", runtime), ["--version"]).then(
      () => join(here, "node_modules/.bin", runtime),
      () => undefined,
    );
    if (!command) return t.skip(`npm has no ${runtime} for ${process.platform}-${process.arch}`);
    const folder = copy("fetch-server");
    await install(folder, []);
    writeFileSync(join(folder, ".env"), `${sandbox.settings}PORT=${port}\n`);
    await serves(`http://127.0.0.1:${port}`, command, args, folder);
  });
}

test("next-edge-route: answers in Next's edge runtime", async () => {
  await installPackages(next);
  const folder = copy("next-edge-route");
  await linkTree(join(next, "node_modules"), join(folder, "node_modules"));
  await install(folder, []);
  writeFileSync(join(folder, ".env.local"), sandbox.settings);
  const port = String(freePort());
  const args = ["node_modules/next/dist/bin/next", "dev", "--hostname", "127.0.0.1", "--port", port];
  await serves(`http://127.0.0.1:${port}/api`, process.execPath, args, folder);
});

/** The user's part in Link: gives the public token. */
async function completeLink({ fetch, env }, link_token) {
  const { PLAID_CLIENT_ID: client_id, PLAID_SECRET: secret } = env;
  const response = await fetch("https://sandbox.plaid.com/sandbox/plaid_edge/link/complete", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ client_id, secret, link_token }),
  });
  return (await response.json()).public_token;
}

/** A copy of hard links: Next wants its packages to be under its root, and they are a third of a gigabyte. */
async function linkTree(from, to) {
  await exec("cp", ["-Rl", from, to]).catch(() => {
    // Another disk, or a cp that can't.
    rmSync(to, { recursive: true, force: true });
    cpSync(from, to, { recursive: true, verbatimSymlinks: true });
  });
}

function copy(example) {
  const folder = newFolder();
  cpSync(join(root, "examples", example), folder, {
    recursive: true,
    filter: (path) => !/node_modules/.test(path),
  });
  return folder;
}

/** Starts a server, has it make a link token, and sends it webhooks. */
async function serves(base, command, args, cwd) {
  const use = async () => {
    const post = (path, init) => fetch(base + path, { method: "POST", ...init });
    const answer = await post("/link-token");
    assert.equal(answer.status, 200, await answer.clone().text());
    assert.match((await answer.json()).link_token, /^link-sandbox-/);
    const { body, headers } = await sandbox.signWebhook({ webhook_type: "ITEM", webhook_code: "ERROR" });
    assert.equal((await post("/webhook", { body, headers })).status, 200);
    assert.equal((await post("/webhook", { body: body + " ", headers })).status, 400);
  };
  await ask(base, command, args, { cwd, use });
}

/** `npx plaid-edge sandbox`, and what it prints. */
const sandbox = {
  async signWebhook(payload) {
    const answer = await fetch(`${this.url}/control/sign-webhook`, {
      method: "POST",
      body: JSON.stringify({ payload }),
    });
    return answer.json();
  },
};

async function startSandbox() {
  assert.ok(existsSync(join(root, "dist/package/cli.js")), "build the package first");
  sandbox.process = spawn(process.execPath, [join(root, "dist/package/cli.js"), "sandbox", "--port", "0"]);
  sandbox.settings = "";
  while (!sandbox.settings.includes("PLAID_BASE_URL=")) {
    const [chunk] = await once(sandbox.process.stdout, "data");
    sandbox.settings += chunk;
  }
  sandbox.url = sandbox.settings.match(/PLAID_BASE_URL=(\S+)/)[1];
}

test("compose: the Dockerfile and the Compose file are well-formed, and name what is tested", async () => {
  await installPackages(join(root, "tests/docs"));
  const require = createRequire(join(root, "tests/docs/package.json"));
  const read = (name) => readFileSync(join(root, "examples/compose", name), "utf8");
  const problems = require("dockerfile-utils").validate(read("Dockerfile"));
  assert.deepEqual(
    problems.map(({ message }) => message),
    [],
  );
  const { version } = JSON.parse(readFileSync(join(root, "pkg-template/package.json"), "utf8"));
  assert.match(read("Dockerfile"), new RegExp(`plaid-edge@${version.replaceAll(".", "\\.")} `));
  const { services } = require("yaml").parse(read("compose.yaml"), { strict: true });
  assert.equal(services.app.depends_on.plaid.condition, "service_healthy");
  assert.equal(services.app.image, /^FROM (.*)$/m.exec(read("Dockerfile"))[1]);
});

test("compose: what runs in its containers works together", async (t) => {
  const read = (name) => readFileSync(join(root, "examples/compose", name), "utf8");
  const { services } = createRequire(join(root, "tests/docs/package.json"))("yaml").parse(
    read("compose.yaml"),
  );
  const instruction = (name) =>
    JSON.parse(new RegExp(`^ *${name} (\\[.*\\])$`, "m").exec(read("Dockerfile"))[1]);
  const [port, own] = [await freePort(), await freePort()];
  const [, command, ...options] = instruction("ENTRYPOINT");
  const cli = join(root, "dist/package/cli.js");
  const args = [cli, command, ...options, "--port", port, ...services.plaid.command];
  const plaid = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  t.after(() => plaid.kill());
  await once(plaid.stdout, "data");

  const [node, flag, program] = instruction("CMD");
  assert.deepEqual([node, flag], ["node", "-e"]);
  await exec(process.execPath, [flag, program.replace("8791", port)]);
  await assert.rejects(exec(process.execPath, [flag, program.replace("8791", own)]));

  const environment = {
    ...services.app.environment,
    PLAID_BASE_URL: services.app.environment.PLAID_BASE_URL.replace("plaid:8791", `localhost:${port}`),
    WEBHOOK_URL: `http://localhost:${own}/webhook`,
    PORT: own,
  };
  const app = spawn(process.execPath, [join(root, "examples/compose/app.mjs")], { env: environment });
  t.after(() => app.kill());
  await once(app.stdout, "data");
  const webhook = once(app.stdout, "data");
  const accounts = await (await fetch(`http://localhost:${own}`)).json();
  assert.equal(accounts[0], "Plaid Checking");
  assert.equal(String(await webhook), "webhook ERROR\n");
});
