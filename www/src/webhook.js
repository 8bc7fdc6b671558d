import { PlaidAdapter } from "plaid-edge";
import { eventLog } from "./event-log.js";
import { jsonError } from "./http-errors.js";

// One for the isolate's lifetime, because it remembers Plaid's verification keys.
let adapter;

/** POST /webhook. Nothing is read, let alone done, before the signature holds. */
export async function receiveWebhook(c) {
  adapter ??= await PlaidAdapter.fromEnv(c.env);
  let webhook;
  try {
    webhook = await adapter.verifyWebhook(c.req.raw);
  } catch (error) {
    // The key could not be had, which says nothing about the webhook. Plaid sends it again.
    if (error.kind !== "webhook")
      return jsonError(c, 503, "not_verified", "The webhook can't be verified right now.");
    await eventLog(c.env).reject(error.reason);
    return c.json({ error: { code: "webhook_rejected", reason: error.reason, message: error.message } }, 400);
  }

  const log = eventLog(c.env);
  await log.accept(webhook);
  // Plaid waits 10 seconds for an answer; what takes longer comes after it. If it fails, the schedule catches up.
  if (webhook.webhook_type === "BANK_TRANSFERS") c.executionCtx.waitUntil(log.sync("webhook"));
  return c.json({ received: true });
}
