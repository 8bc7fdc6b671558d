// Runs `plaid-edge sandbox` and talks to it over HTTP.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { after } from "node:test";
import { packed } from "./world.js";

export const cli = `${packed}/cli.js`;
const running = new Set();
after(() => running.forEach((child) => child.kill("SIGKILL")));

/** Starts the server on a free port and reads what it prints. */
export async function serve(...options) {
  const child = spawn(process.execPath, [cli, "sandbox", "--port", "0", ...options]);
  running.add(child);
  child.once("exit", () => running.delete(child));
  let output = "";
  while (!output.includes("PLAID_BASE_URL=")) {
    const [chunk] = await Promise.race([
      once(child.stdout, "data"),
      once(child, "exit").then(() => [undefined]),
    ]);
    assert.ok(chunk, "the server ended before it listened");
    output += chunk;
  }
  const env = Object.fromEntries(
    output.split("\n").flatMap((line) => [line.match(/^(PLAID_\w+)=(.*)$/)?.slice(1)].filter(Boolean)),
  );
  const url = env.PLAID_BASE_URL;
  const post = (path, body, headers) =>
    fetch(url + path, {
      method: "POST",
      body: typeof body === "string" ? body : JSON.stringify(body),
      headers: { "content-type": "application/json", ...headers },
    });
  const plaid = async (path, body) => {
    const credentials = { client_id: env.PLAID_CLIENT_ID, secret: env.PLAID_SECRET };
    return (await post(path, { ...credentials, ...body })).json();
  };
  const stop = async (signal = "SIGTERM") => {
    child.kill(signal);
    const [code] = await once(child, "exit");
    return code;
  };
  return { child, env, url, post, plaid, stop };
}
