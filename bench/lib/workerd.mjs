// One contender in a workerd process of its own: no inspector, no proxy, nothing between it and the sockets.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { Agent, request } from "node:http";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundle } from "./bundle.mjs";

const workerd = createRequire(import.meta.url)("workerd").default;

/** Starts `entry` with that contender. `ask(job)` has it do a job and gives its answer. */
export async function startWorkerd(contender, { upstream, port, entry = "worker.js" }) {
  const folder = await mkdtemp(join(tmpdir(), "plaid-edge-bench-"));
  const { script, wasm } = await bundle(entry, contender);
  await writeFile(join(folder, "worker.js"), script);
  for (const { name, bytes } of wasm) await writeFile(join(folder, name), bytes);
  await writeFile(join(folder, "config.capnp"), config({ wasm, upstream, port }));

  const child = spawn(workerd, ["serve", "config.capnp", "--control-fd=3"], {
    cwd: folder,
    stdio: ["ignore", "inherit", "inherit", "pipe"],
  });
  await Promise.race([
    once(child.stdio[3], "data"),
    once(child, "exit").then(([code]) => Promise.reject(new Error(`workerd ended with ${code}`))),
  ]);

  const agent = new Agent({ keepAlive: true });
  return {
    pid: child.pid,
    ask: (job) => post(port, agent, job),
    async stop() {
      agent.destroy();
      child.kill();
      await once(child, "exit");
      await rm(folder, { recursive: true });
    },
  };
}

function config({ wasm, upstream, port }) {
  const modules = [
    `(name = "worker.js", esModule = embed "worker.js")`,
    ...wasm.map(({ name }) => `(name = "${name}", wasm = embed "${name}")`),
  ];
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  v8Flags = ["--expose-gc"],
  services = [
    (name = "bench", worker = (
      modules = [${modules.join(", ")}],
      compatibilityDate = "2026-04-01",
      compatibilityFlags = ["nodejs_compat"],
      bindings = [(name = "UPSTREAM", text = "${upstream}")],
      globalOutbound = "loopback",
    )),
    (name = "loopback", network = (allow = ["local"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "bench")],
);
`;
}

function post(port, agent, job) {
  return new Promise((resolve, reject) => {
    const asked = request({ host: "127.0.0.1", port, agent, method: "POST" }, async (response) => {
      let text = "";
      for await (const chunk of response) text += chunk;
      if (response.statusCode === 200) resolve(JSON.parse(text));
      else reject(new Error(`workerd answered ${response.statusCode}: ${text}`));
    });
    asked.on("error", reject);
    asked.end(JSON.stringify(job));
  });
}
