// The processes of a run: the upstream, a contender in Node, and what the system says about each.

import { fork, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

const bench = fileURLToPath(new URL("..", import.meta.url));

/** Plaid's side, on a port of 127.0.0.1. */
export async function startUpstream(port) {
  const child = spawn(process.execPath, [`${bench}upstream.mjs`, String(port)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  // Also when the run fails: it would keep the port.
  process.once("exit", () => child.kill());
  await Promise.race([
    once(child.stdout, "data"),
    once(child, "exit").then(() => Promise.reject(new Error(`the upstream can't listen on port ${port}`))),
  ]);
  return { url: `http://127.0.0.1:${port}`, stop: () => stop(child) };
}

/** Contenders in a Node of their own. `ask(job)` has one do a job and gives its answer. */
export async function startNode(contenders, { upstream }) {
  const child = fork(`${bench}node-runner.mjs`, [upstream, ...contenders], { execArgv: ["--expose-gc"] });
  let ended;
  child.once("exit", (code) => ended?.(new Error(`Node ended with ${code}`)));
  const answer = () =>
    new Promise((resolve, reject) => {
      ended = reject;
      child.once("message", ({ result, error }) => (error ? reject(new Error(error)) : resolve(result)));
    });
  await answer();
  return {
    ask(job) {
      child.send(job);
      return answer();
    },
    stop: () => stop(child),
  };
}

async function stop(child) {
  child.kill();
  await once(child, "exit");
}

/** Milliseconds of processor time that a process has used, all its threads together. */
export function processorMs(pid) {
  const threads = readdirSync(`/proc/${pid}/task`);
  const nanoseconds = (thread) =>
    Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "utf8").split(" ")[0]);
  return threads.reduce((sum, thread) => sum + nanoseconds(thread), 0) / 1e6;
}

/** Bytes of memory that a process holds. */
export function residentBytes(pid) {
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))[1]) * 1024;
}
