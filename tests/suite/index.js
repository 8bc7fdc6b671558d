// The contract as one suite that knows only web APIs. Runners beside the runtimes call `run` with what they
// imported: the exports of "plaid-edge" and "plaid-edge/sandbox" and, for tokens of another library's making, jose.

import { Clock, guarded } from "./clock.js";
import accounts from "./accounts.js";
import attempts from "./attempts.js";
import configuration from "./configuration.js";
import errors from "./errors.js";
import eventIterators from "./event-iterators.js";
import eventSync from "./event-sync.js";
import exchange from "./exchange.js";
import interop from "./interop.js";
import interruptions from "./interruptions.js";
import lifecycle from "./lifecycle.js";
import linkTokens from "./link-tokens.js";
import redaction from "./redaction.js";
import requests from "./requests.js";
import retries from "./retries.js";
import transactions from "./transactions.js";
import webhookKeys from "./webhook-keys.js";
import webhooks from "./webhooks.js";

const topics = {
  configuration,
  "link tokens": linkTokens,
  exchange,
  accounts,
  "event sync": eventSync,
  "event iterators": eventIterators,
  requests,
  errors,
  retries,
  interop,
  interruptions,
  attempts,
  redaction,
  lifecycle,
  transactions,
  webhooks,
  "webhook keys": webhookKeys,
};

const LONGEST_MS = 10_000;

/** Runs every test whose name contains `filter`, one after the other. */
export async function run(lib, filter = "") {
  const failures = [];
  let passed = 0;
  for (const { name, test } of collect(lib)) {
    if (!name.includes(filter)) continue;
    try {
      await guarded((async () => test())(), LONGEST_MS);
      passed++;
    } catch (error) {
      failures.push({ name, message: String(error?.message ?? error), stack: String(error?.stack ?? "") });
    } finally {
      Clock.stop();
    }
  }
  return { passed, failed: failures.length, failures };
}

function collect(lib) {
  const tests = [];
  for (const [topic, define] of Object.entries(topics)) {
    define((name, test) => tests.push({ name: `${topic}: ${name}`, test }), lib);
  }
  return tests;
}
