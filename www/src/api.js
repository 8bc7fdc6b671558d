import { Hono } from "hono";
import { readBody } from "./body.js";
import { isLoopback, linkScript, usesLocalSandbox, usesSandbox } from "./config.js";
import { eventLog } from "./event-log.js";
import { refuse } from "./http-errors.js";
import { callPlaid, respond, statusOf } from "./plaid.js";
import { endSession } from "./session-cookie.js";

/** What the page requests. Every route runs in a session and sees only that session's items. */
export const api = new Hono();

api.get("/session", async (c) => {
  const { items, transfers, endsAt } = await c.var.session.contents();
  return c.json({
    environment: usesSandbox(c.env) ? "sandbox" : "production",
    localSandbox: usesLocalSandbox(c.env),
    linkScript: linkScript(c.env),
    webhookUrl: webhookUrl(c),
    items,
    transfers,
    endsAt,
  });
});

api.delete("/session", async (c) => {
  const { error } = await c.var.session.end();
  if (error) return c.json({ error }, statusOf(error));
  endSession(c);
  return c.json({ ended: true });
});

/** A link token. With item_id, one that opens Link in update mode for that item. */
api.post("/link-token", async (c) => {
  const { item_id, ...settings } = await readBody(c, {
    item_id: "string?",
    clientName: "string?",
    countryCodes: "strings?",
    language: "string?",
    products: "strings?",
    accountSubtypes: "strings?",
  });
  const accessToken = item_id && (await accessTokenOf(c, item_id));
  const webhook = webhookUrl(c);
  return respond(
    c,
    await callPlaid(c.env, (plaid) => {
      plaid.initializePlaid(settings);
      const overrides = webhook && !accessToken ? { webhook } : undefined;
      return plaid.createLinkToken(c.var.sessionId, { accessToken, overrides });
    }),
  );
});

/** Exchanges the public token that Link gave to the page. The access token stays here, encrypted. */
api.post("/items", async (c) => {
  const { public_token } = await readBody(c, { public_token: "string" });
  return respond(
    c,
    await callPlaid(c.env, async (plaid) => {
      const { access_token, ...rest } = await plaid.exchangePublicToken(public_token);
      await c.var.session.addItem(rest.item_id, access_token);
      return rest;
    }),
  );
});

api.get("/items/:id/auth", async (c) => {
  const accessToken = await accessTokenOf(c, c.req.param("id"));
  const outcome = await callPlaid(c.env, (plaid) => plaid.authRequest(accessToken));
  if (outcome.data) await rememberAccounts(c, outcome.data);
  return respond(c, { ...outcome, data: outcome.data && maskNumbers(outcome.data) });
});

api.get("/items/:id/identity", async (c) => {
  const accessToken = await accessTokenOf(c, c.req.param("id"));
  const outcome = await callPlaid(c.env, (plaid) => plaid.identityRequest(accessToken));
  if (outcome.data) await rememberAccounts(c, outcome.data);
  return respond(c, outcome);
});

const LONG_POLL_MS = 25_000;

/**
 * The session's bank-transfer events and webhooks, from the worker's own log; no call to Plaid.
 * With `?after=` and the version seen last, the response waits until there is something new, 25 seconds at most.
 */
api.get("/activity", async (c) => {
  const log = eventLog(c.env);
  const deadline = Date.now() + LONG_POLL_MS;
  for (;;) {
    // Read again each time: an account seen meanwhile brings its events with it.
    const { items, accountIds } = await c.var.session.contents();
    const { revision, ...activity } = await log.activity({
      itemIds: items.map((item) => item.item_id),
      accountIds,
      since: items[0]?.linked_at ?? new Date().toISOString(),
    });
    const left = deadline - Date.now();
    if (activity.version !== c.req.query("after") || left <= 0) return c.json(activity);
    await log.changed(revision, left);
  }
});

/** What the webhook and the schedule do on their own. */
api.post("/events/sync", async (c) => {
  const { added, cursor, error, call } = await eventLog(c.env).sync("page");
  return respond(c, { data: { added, cursor }, error, call });
});

export async function accessTokenOf(c, itemId) {
  const token = await c.var.session.accessToken(itemId);
  if (!token) throw refuse(404, "unknown_item", "This session has no such item. Link an account first.");
  return token;
}

/** Where Plaid can reach this worker, or null if it can't because the worker runs on a developer's machine. */
export function webhookUrl(c) {
  const { hostname, origin } = new URL(c.req.url);
  return usesLocalSandbox(c.env) || !isLoopback(hostname) ? `${origin}/webhook` : null;
}

function rememberAccounts(c, { item, accounts }) {
  return c.var.session.addAccounts(
    item.item_id,
    accounts.map((account) => account.account_id),
  );
}

/** The last four digits tell which account it is. The page never needs the whole number. */
export function maskNumbers(auth) {
  const mask = (number) => `••••${number.slice(-4)}`;
  const masked = (entry) => ({
    ...entry,
    ...(entry.account && { account: mask(entry.account) }),
    ...(entry.iban && { iban: mask(entry.iban) }),
  });
  const numbers = Object.entries(auth.numbers).map(([kind, list]) => [kind, list.map(masked)]);
  return { ...auth, numbers: Object.fromEntries(numbers) };
}
