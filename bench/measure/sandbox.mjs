// What a call of the sandbox costs, in process and as a server:
//
//   node bench/measure/sandbox.mjs      wants scripts/build.sh before
//
// In process, beside a Request and a Response of Node's own with the same bodies; as a server, beside a bare node:http that
// sends the same bytes. Each is measured in turns with what it is compared with, and again when 10,000 transfers are
// remembered.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { Agent, createServer, request as httpRequest } from "node:http";
import { fileURLToPath } from "node:url";
import { PlaidSandbox } from "../../dist/package/sandbox.js";
import { median } from "../lib/stats.mjs";

const cli = fileURLToPath(new URL("../../dist/package/cli.js", import.meta.url));
const ROUNDS = 15;
const CALLS = 300;
const TRANSFERS = 10_000;

if (process.argv[2] === "bare") await bare(process.argv[3]);
else await main();

async function main() {
  const sandbox = new PlaidSandbox();
  const inProcess = caller(sandbox.env, (path, init) =>
    sandbox.fetch(`https://sandbox.plaid.com${path}`, init),
  );
  const token = await linked(inProcess);
  const body = JSON.stringify({ access_token: token });
  const text = await (await inProcess.send("/auth/get", body)).text();
  const init = { method: "POST", headers: { "content-type": "application/json" }, body };
  const rows = [];
  const compare = async (name, ...what) => rows.push([name, ...(await inTurns(...what))]);

  const respond = () => inProcess.send("/auth/get", body);
  const platform = async () => {
    await new Request("https://sandbox.plaid.com/auth/get", init).text();
    return new Response(text, { headers: { "content-type": "application/json" } });
  };
  const read = (call) => async () => (await call()).json();
  const microseconds = (ms) => (ms * 1_000).toFixed(0);
  await compare("in process, µs", respond, platform, microseconds);
  await compare("in process and parsed, µs", read(respond), read(platform), microseconds);
  await transfers(inProcess, token);
  await compare(`the same after ${TRANSFERS} transfers, µs`, read(respond), read(platform), microseconds);

  const served = await start([cli, "sandbox", "--port", "0"]);
  const plain = await start([fileURLToPath(import.meta.url), "bare", text]);
  const overHttp = caller(served.env, (path, init) => fetch(served.env.PLAID_BASE_URL + path, init));
  const own = JSON.stringify({ access_token: await linked(overHttp) });
  for (const inFlight of [1, 16, 64]) {
    const many = (env) => {
      const post = poster(env, inFlight);
      return () => Promise.all(Array.from({ length: inFlight }, () => post("/auth/get", own)));
    };
    const rate = (ms) => ((inFlight * 1_000) / ms).toFixed(0);
    const name = `server, ${inFlight} in flight, calls/s`;
    await compare(name, many(served.env), many(plain.env), rate, Math.ceil(CALLS / inFlight));
  }
  served.child.kill();
  plain.child.kill();
  print(["/auth/get", "sandbox", "Node alone", "times the time"], rows);
}

/** The medians of both, and how many times as long the first takes. */
async function inTurns(own, other, scale, calls = CALLS) {
  const times = [[], []];
  for (let round = -3; round < ROUNDS; round++) {
    for (const [index, call] of [own, other].entries()) {
      const started = performance.now();
      for (let count = 0; count < calls; count++) await call();
      if (round >= 0) times[index].push((performance.now() - started) / calls);
    }
  }
  const ratio = median(times[0].map((time, index) => time / times[1][index]));
  return [...times.map((list) => scale(median(list))), ratio.toFixed(1)];
}

function caller(env, fetch) {
  const headers = {
    "content-type": "application/json",
    "plaid-client-id": env.PLAID_CLIENT_ID,
    "plaid-secret": env.PLAID_SECRET,
  };
  const send = (path, body) => fetch(path, { method: "POST", headers, body });
  return { send, call: async (path, body) => (await send(path, JSON.stringify(body))).json() };
}

async function linked({ call }) {
  const request = { institution_id: "ins_109508", initial_products: ["auth"] };
  const { public_token } = await call("/sandbox/public_token/create", request);
  return (await call("/item/public_token/exchange", { public_token })).access_token;
}

async function transfers({ call }, access_token) {
  const { accounts } = await call("/accounts/get", { access_token });
  const { account_id } = accounts.find(({ subtype }) => subtype === "checking");
  const user = { legal_name: "A B" };
  const terms = { type: "debit", network: "ach", ach_class: "ppd", amount: "1.00", user };
  for (let count = 0; count < TRANSFERS; count++) {
    const { authorization } = await call("/transfer/authorization/create", {
      access_token,
      account_id,
      ...terms,
    });
    const made = { access_token, account_id, authorization_id: authorization.id, description: "bench" };
    await call("/transfer/create", made);
  }
}

/** Posts over kept connections, with the client that costs least. */
function poster(env, inFlight) {
  const agent = new Agent({ keepAlive: true, maxSockets: inFlight });
  const { hostname, port } = new URL(env.PLAID_BASE_URL);
  const headers = {
    "content-type": "application/json",
    "plaid-client-id": env.PLAID_CLIENT_ID,
    "plaid-secret": env.PLAID_SECRET,
  };
  return (path, body) =>
    new Promise((resolve, reject) => {
      const options = { agent, hostname, port, path, method: "POST" };
      const request = httpRequest({ ...options, headers: { ...headers, "content-length": body.length } });
      request.once("error", reject);
      request.once("response", (response) => response.resume().once("end", resolve));
      request.end(body);
    });
}

async function start(args) {
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  process.once("exit", () => child.kill());
  let output = "";
  while (!output.includes("PLAID_BASE_URL=")) output += String((await once(child.stdout, "data"))[0]);
  const pairs = output.matchAll(/^(PLAID_\w+)=(.*)$/gm);
  return { child, env: Object.fromEntries([...pairs].map(([, name, value]) => [name, value])) };
}

/** A server that sends the same bytes whatever it is asked. */
async function bare(text) {
  const server = createServer(async (request, response) => {
    for await (const _ of request);
    response.writeHead(200, { "content-type": "application/json" });
    response.end(text);
  });
  server.listen(0, "127.0.0.1", () => {
    const keys = "PLAID_CLIENT_ID=x\nPLAID_SECRET=x\n";
    console.log(`${keys}PLAID_BASE_URL=http://127.0.0.1:${server.address().port}`);
  });
}

function print(head, rows) {
  for (const row of [head, head.map(() => "---"), ...rows]) console.log(`| ${row.join(" | ")} |`);
}
