/**
 * What only a sandbox allows. Your own worker does not need this module.
 *
 * In both Plaid's sandbox and the local one: create a transfer, advance it, fire a webhook, expire an item's login.
 * In the local one only: forged webhooks, forced failures. Elsewhere these routes are 404.
 */
import { Hono } from "hono";
import { stream } from "hono/streaming";
import { accessTokenOf, maskNumbers, webhookUrl } from "./api.js";
import { readBody } from "./body.js";
import { usesLocalSandbox, usesSandbox } from "./config.js";
import { refuse } from "./http-errors.js";
import { callPlaid, respond } from "./plaid.js";

export const sandbox = new Hono();

const only = (allowed) => (c, next) => {
  if (!allowed(c.env)) throw refuse(404, "not_found", `There is nothing at ${c.req.path}.`);
  return next();
};
const localOnly = only(usesLocalSandbox);

sandbox.use(only(usesSandbox));

/* Bank transfers: https://plaid.com/docs/api/products/transfer/ */

sandbox.post("/transfers", async (c) => {
  const body = await readBody(c, {
    item_id: "string",
    account_id: "string",
    type: ["debit", "credit"],
    amount: "string",
    legal_name: "string",
  });
  const access_token = await accessTokenOf(c, body.item_id);
  const outcome = await callPlaid(c.env, (plaid) =>
    plaid.request(
      "/bank_transfer/create",
      {
        idempotency_key: crypto.randomUUID(),
        access_token,
        account_id: body.account_id,
        type: body.type,
        network: "ach",
        ach_class: body.type === "debit" ? "web" : "ppd",
        amount: body.amount,
        iso_currency_code: "USD",
        description: "Demo",
        user: { legal_name: body.legal_name },
      },
      { maxRetries: 2 }, // Safe to retry: every attempt has the same idempotency key.
    ),
  );
  if (outcome.data) {
    await c.var.session.addAccounts(body.item_id, [body.account_id]);
    await c.var.session.addTransfer(outcome.data.bank_transfer);
  }
  return respond(c, outcome);
});

sandbox.post("/transfers/:id/simulate", async (c) => {
  const { event_type } = await readBody(c, { event_type: ["posted", "failed", "reversed"] });
  const bank_transfer_id = c.req.param("id");
  if (!(await c.var.session.hasTransfer(bank_transfer_id))) {
    throw refuse(404, "unknown_transfer", "This session has no such transfer.");
  }
  const webhook = webhookUrl(c);
  const failure_reason = FAILURES[event_type];
  return respond(
    c,
    await callPlaid(c.env, async (plaid) => {
      const simulated = await plaid.request("/sandbox/bank_transfer/simulate", {
        bank_transfer_id,
        event_type,
        ...(failure_reason && { failure_reason }),
      });
      if (webhook) await plaid.request("/sandbox/bank_transfer/fire_webhook", { webhook });
      return simulated;
    }),
  );
});

const FAILURES = {
  failed: { description: "Account closed" },
  reversed: { ach_return_code: "R01", description: "Insufficient funds" },
};

/* Webhooks */

sandbox.post("/webhooks/fire", async (c) => {
  const { item_id } = await readBody(c, { item_id: "string" });
  const access_token = await accessTokenOf(c, item_id);
  return respond(
    c,
    await callPlaid(c.env, (plaid) =>
      plaid.request("/sandbox/item/fire_webhook", { access_token, webhook_code: "NEW_ACCOUNTS_AVAILABLE" }),
    ),
  );
});

sandbox.post("/webhooks/forge", localOnly, async (c) => {
  const { item_id, flaw } = await readBody(c, { item_id: "string", flaw: Object.keys(FLAWS) });
  const payload = {
    environment: "sandbox",
    item_id,
    webhook_code: "USER_PERMISSION_REVOKED",
    webhook_type: "ITEM",
  };
  const webhook = await FLAWS[flaw](c, payload);
  const started = Date.now();
  const received = await fetch(webhookUrl(c), { method: "POST", ...webhook });
  const data = { status: received.status, response: await received.json() };
  return c.json({ data, call: { durationMs: Date.now() - started, attempts: [] } });
});

const sign = async (c, payload, options) => {
  const signed = await control(c, "sign-webhook", { payload, ...options });
  const { body, headers } = await signed.json();
  return { body, headers: new Headers(headers) };
};

const FLAWS = {
  async tampered(c, payload) {
    const { body, headers } = await sign(c, payload);
    return { body: body.replace(payload.item_id, "another-item"), headers };
  },
  stale: (c, payload) => sign(c, payload, { issuedAt: Math.floor(Date.now() / 1000) - 600 }),
  async forged(c, payload) {
    const { body, headers } = await sign(c, payload);
    const [header, claims, signature] = headers.get("plaid-verification").split(".");
    headers.set(
      "plaid-verification",
      [header, claims, signature.replace(/^./, (first) => (first === "A" ? "B" : "A"))].join("."),
    );
    return { body, headers };
  },
  expired_key: (c, payload) => sign(c, payload, { expiredKey: true }),
  async unsigned(c, payload) {
    const { body, headers } = await sign(c, payload);
    headers.delete("plaid-verification");
    return { body, headers };
  },
};

/* Failures */

const PATH = "/auth/get";
const plaidError = (status, errorType, errorCode, errorMessage) => ({
  status,
  errorType,
  errorCode,
  errorMessage,
});

/** What goes wrong, how often, and the options that the call is made with. */
const SCENARIOS = {
  login_required: { resetLogin: true },
  rate_limit: {
    fault: {
      ...plaidError(
        429,
        "RATE_LIMIT_EXCEEDED",
        "AUTH_LIMIT",
        "rate limit exceeded for attempts to access this item. please try again later",
      ),
      retryAfter: "1",
      times: 2,
    },
  },
  outage: {
    fault: {
      ...plaidError(500, "API_ERROR", "INTERNAL_SERVER_ERROR", "an unexpected error occurred"),
      times: 3,
    },
  },
  institution_down: {
    fault: plaidError(
      400,
      "INSTITUTION_ERROR",
      "INSTITUTION_DOWN",
      "this institution is not currently responding to this request. please try again soon",
    ),
  },
  timeout: { fault: { hang: true, times: 2 }, options: { timeoutMs: 1000, maxRetries: 1 } },
  network: { fault: { networkError: true, times: 3 } },
  bad_response: { fault: { status: 200, rawBody: "<!doctype html><title>Sign in to the proxy</title>" } },
};

/**
 * Makes /auth/get fail in the chosen way, then calls it. The response is one line of JSON for each attempt and
 * one for the outcome, so the page can show the retries while they happen.
 */
sandbox.post("/break", async (c) => {
  const { item_id, scenario } = await readBody(c, { item_id: "string", scenario: Object.keys(SCENARIOS) });
  const { resetLogin, fault, options } = SCENARIOS[scenario];
  if (fault && !usesLocalSandbox(c.env))
    throw refuse(404, "not_found", "Only the local sandbox fails on demand.");
  const accessToken = await accessTokenOf(c, item_id);
  if (fault) await control(c, "fail", { path: PATH, ...fault });
  if (resetLogin) {
    const reset = await callPlaid(c.env, (plaid) =>
      plaid.request("/sandbox/item/reset_login", { access_token: accessToken }),
    );
    if (reset.error) return respond(c, reset);
  }
  c.header("Content-Type", "application/x-ndjson");
  return stream(c, async (lines) => {
    const write = (line) => lines.write(`${JSON.stringify(line)}\n`);
    const { data, error, call } = await callPlaid(
      c.env,
      (plaid) => plaid.authRequest(accessToken, options),
      (attempt) => write({ attempt }),
    );
    await write({ outcome: { data: data && maskNumbers(data), error, call } });
  });
});

async function control(c, name, body) {
  const response = await fetch(new URL(`/control/${name}`, c.env.PLAID_BASE_URL), {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!response.ok)
    throw refuse(502, "sandbox_control", `The sandbox refused /control/${name}: ${await response.text()}`);
  return response;
}
