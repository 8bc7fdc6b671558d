import assert from "node:assert/strict";
import { copyFileSync } from "node:fs";
import { once } from "node:events";
import { createServer } from "node:http";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { PlaidSandbox } from "../../dist/package/sandbox.js";
import { output } from "../runtimes/processes.mjs";
import { compile } from "./consumer.js";
import { runDocument, worker } from "./document.js";

/** A file that the handlers import. */
const shared = { program: (code) => code, async run() {} };

/**
 * A handler, loaded as its framework does it and asked over HTTP or as `serve` makes of it: a function that takes a
 * Request and gives a Response.
 */
function handler(serve) {
  return {
    program: (code) => code,
    async run(file) {
      const sandbox = new PlaidSandbox();
      const { fetch } = globalThis;
      Object.assign(process.env, sandbox.env);
      globalThis.fetch = (input, init) =>
        String(input?.url ?? input).startsWith("http://127.0.0.1:")
          ? fetch(input, init)
          : sandbox.fetch(input, init);
      let stop;
      try {
        const ask = await serve(await import(pathToFileURL(compile(file))), (end) => (stop = end));
        const { body, headers } = await sandbox.signWebhook({ webhook_type: "ITEM", webhook_code: "ERROR" });
        const status = async (body) => (await ask({ method: "POST", body, headers })).status;

        sandbox.fail("/webhook_verification_key/get", { status: 503, retryAfter: "0", times: 3 });
        assert.equal(await status(body), 503);
        assert.equal(await status(body), 200);
        assert.equal(await status(`${body} `), 400);
      } finally {
        await stop?.();
        globalThis.fetch = fetch;
        for (const name of Object.keys(sandbox.env)) delete process.env[name];
      }
    },
  };
}

const URL_OF_IT = "http://127.0.0.1:1/webhook";

/** A handler of Node's kind, served. */
async function overHttp(listener, atEnd) {
  const server = createServer(listener);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  atEnd(() => new Promise((resolve) => server.close(resolve)));
  return (init) => fetch(`http://127.0.0.1:${server.address().port}/webhook`, init);
}

/** What Next's pages add to Node's response. */
function nextResponse(response) {
  response.status = (code) => Object.assign(response, { statusCode: code });
  response.json = (value) => response.end(JSON.stringify(value));
  return response;
}

runDocument("docs/webhooks.md", {
  "webhook-status": shared,
  plaid: shared,

  "webhook worker": worker(async ({ fetch, sandbox }) => {
    const { body, headers } = await sandbox.signWebhook({ webhook_type: "ITEM", webhook_code: "ERROR" });
    const status = async (changes) =>
      (await fetch("/", { method: "POST", body, headers, ...changes })).status;
    sandbox.fail("/webhook_verification_key/get", {
      errorCode: "INTERNAL_SERVER_ERROR",
      retryAfter: "0",
      times: 3,
    });
    assert.equal(await status(), 503);
    assert.equal(await status(), 200);
    assert.equal(await status({ body: `${body} ` }), 400);
    assert.equal(await status({ headers: {} }), 400);
  }),

  hono: handler(
    ({ default: app }) =>
      (init) =>
        app.request("/webhook", init),
  ),
  express: handler(({ app }, atEnd) => overHttp(app, atEnd)),
  fastify: handler(async ({ app }, atEnd) => {
    await app.ready();
    atEnd(() => app.close());
    return async ({ body, ...init }) => {
      const { statusCode } = await app.inject({ url: "/webhook", payload: body, ...init });
      return { status: statusCode };
    };
  }),
  "next app": handler(
    ({ POST }) =>
      (init) =>
        POST(new Request(URL_OF_IT, init)),
  ),
  "next pages": handler(({ config, default: handle }, atEnd) => {
    assert.equal(config.api.bodyParser, false);
    return overHttp((request, response) => handle(request, nextResponse(response)), atEnd);
  }),
  sveltekit: handler(
    ({ POST }) =>
      (init) =>
        POST({ request: new Request(URL_OF_IT, init) }),
  ),
  lambda: handler(({ handler: handle }) => async ({ body, headers }) => {
    const base64 = { body: Buffer.from(body).toString("base64"), isBase64Encoded: true, headers };
    const { statusCode } = await handle(base64);
    if (statusCode !== 503) {
      assert.equal((await handle({ body, isBase64Encoded: false, headers })).statusCode, statusCode);
    }
    return { status: statusCode };
  }),
  netlify: handler(
    ({ default: handle }) =>
      (init) =>
        handle(new Request(URL_OF_IT, init)),
  ),

  "webhook test": {
    // The block before it is the worker.
    program: (code) => code.replace("./webhook.js", "./webhook-worker.js"),
    async run(file) {
      const folder = dirname(file);
      copyFileSync(file, join(folder, "webhook.test.ts"));
      const printed = await output(process.execPath, ["node_modules/vitest/vitest.mjs", "run"], {
        cwd: folder,
      });
      assert.match(printed, /2 passed/);
    },
  },
});
