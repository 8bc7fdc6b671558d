// Starting programs, and ending them with all that they started.

import { execFileSync, spawn } from "node:child_process";

const environment = {
  ...process.env,
  // Nothing is told to anybody.
  WRANGLER_SEND_METRICS: "false",
  NEXT_TELEMETRY_DISABLED: "1",
  NUXT_TELEMETRY_DISABLED: "1",
  ASTRO_TELEMETRY_DISABLED: "1",
  DO_NOT_TRACK: "1",
  NO_COLOR: "1",
  CI: "1",
  FORCE_COLOR: undefined,
};

function start(command, args, { cwd, env }) {
  const child = spawn(command, args, {
    // A group of its own, so that what it starts ends with it.
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...environment, ...env },
    cwd,
  });
  let output = "";
  child.stdout.on("data", (data) => (output += data));
  child.stderr.on("data", (data) => (output += data));
  const exited = new Promise((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("close", (code, signal) => resolve(code ?? signal));
  });
  return { child, exited, output: () => output };
}

async function stop({ child, exited }) {
  for (const signal of ["SIGTERM", "SIGKILL"]) {
    try {
      process.kill(-child.pid, signal);
    } catch {
      return;
    }
    if (await Promise.race([exited.then(() => true), wait(3000)])) return;
  }
}

const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms).unref());

/** Runs a program to its end and gives what it printed. */
export async function output(command, args, { cwd, env, timeoutMs = 120_000 } = {}) {
  const program = start(command, args, { cwd, env });
  const code = await Promise.race([
    program.exited,
    wait(timeoutMs).then(() => `no end within ${timeoutMs} ms`),
  ]);
  await stop(program);
  if (code !== 0) throw new Error(`${command} ended with ${code}:\n${tail(program.output())}`);
  return program.output();
}

/** The end of an output, without what a minified line can grow to. */
function tail(text) {
  const lines = text.trim().split("\n");
  return lines
    .slice(-20)
    .map((line) => line.slice(0, 300))
    .join("\n");
}

/** The JSON in the last line that looks like it. */
export function lastJson(text) {
  const line = text
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .at(-1);
  if (!line) throw new Error(`no result in the output:\n${tail(text)}`);
  return JSON.parse(line);
}

/** Runs a server and asks it one thing, as soon as it can be reached. `use` gives the answer. */
export async function ask(url, command, args, { cwd, env, use = getJson, timeoutMs = 120_000 } = {}) {
  const server = start(command, args, { cwd, env });
  const end = Date.now() + timeoutMs;
  let isOver = false;
  server.exited.then(() => (isOver = true));
  try {
    while (!isOver && Date.now() < end) {
      try {
        return await use(url);
      } catch (error) {
        if (error.message !== "fetch failed") throw error;
        await wait(100);
      }
    }
    throw new Error(`no answer from ${url}`);
  } catch (error) {
    throw new Error(`${error.message}\n${tail(server.output())}`);
  } finally {
    await stop(server);
  }
}

async function getJson(url) {
  const response = await fetch(url, { signal: AbortSignal.timeout(120_000) });
  const text = await response.text();
  if (!response.ok) throw new Error(`${response.status}: ${text.slice(0, 1000)}`);
  return JSON.parse(text);
}

const FIND_PORT =
  "const server = require('net').createServer().listen(0, () => (console.log(server.address().port), server.close()))";
/** A port that nobody listens on. */
export const freePort = () => Number(execFileSync(process.execPath, ["-e", FIND_PORT], { encoding: "utf8" }));
