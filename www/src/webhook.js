import { PlaidAdapter } from "plaid-edge";
import { eventLog } from "./event-log.js";
import { jsonError } from "./http-errors.js";

// One for the isolate's lifetime, because it caches Plaid's verification keys.
let adapter;

/** A failure of these kinds is a mistake in this worker, which a retry would not help. */
const OUR_MISTAKE = ["invalid_argument", "configuration"];

/** POST /webhook. Nothing in it is read, let alone acted on, before the signature is verified. */
export async function receiveWebhook(c) {
  adapter ??= await PlaidAdapter.fromEnv(c.env);
  let webhook;
  try {
    webhook = await adapter.verifyWebhook(c.req.raw);
  } catch (error) {
    if (error.kind === "webhook") {
      await eventLog(c.env).reject(error.reason);
      return c.json(
        { error: { code: "webhook_rejected", reason: error.reason, message: error.message } },
        400,
      );
    }
    console.error(`A webhook could not be verified: ${error.message}`);
    if (!error.kind || OUR_MISTAKE.includes(error.kind)) {
      return jsonError(c, 500, "internal_error", "The worker could not verify the webhook.");
    }
    // The key could not be fetched, which says nothing about the webhook. Plaid retries after a 503.
    return jsonError(c, 503, "not_verified", "The webhook can't be verified right now.");
  }

  const log = eventLog(c.env);
  await log.accept(webhook);
  // Plaid waits 10 seconds for the response, so the sync runs after it. If the sync fails, the schedule catches up.
  if (webhook.webhook_type === "BANK_TRANSFERS") c.executionCtx.waitUntil(log.sync("webhook"));
  return c.json({ received: true });
}
