import { Hono } from "hono";
import { readBody } from "./body.js";
import { isLoopback, usesLocalSandbox, usesSandbox } from "./config.js";
import { eventLog } from "./event-log.js";
import { refuse } from "./http-errors.js";
import { answer, callPlaid, statusOf } from "./plaid.js";
import { endSession } from "./session-cookie.js";

/** What the page asks for. Every route runs in a session and knows only that session's items. */
export const api = new Hono();

api.get("/session", async (c) => {
  // Most visitors only look: nothing is stored for them.
  const { items, transfers } = c.var.isNew ? { items: [], transfers: [] } : await c.var.session.contents();
  return c.json({
    environment: usesSandbox(c.env) ? "sandbox" : "production",
    localSandbox: usesLocalSandbox(c.env),
    webhookUrl: webhookUrl(c),
    items,
    transfers,
  });
});

api.delete("/session", async (c) => {
  const { error } = await c.var.session.end();
  if (error) return c.json({ error }, statusOf(error));
  endSession(c);
  return c.json({ ended: true });
});

/** A link token; with item_id, one that opens Link in update mode for that item. */
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
  return answer(
    c,
    await callPlaid(c.env, (plaid) => {
      plaid.initializePlaid(settings);
      const overrides = webhook && !accessToken ? { webhook } : undefined;
      return plaid.createLinkToken(c.var.sessionId, { accessToken, overrides });
    }),
  );
});

/** Exchanges what Link handed to the page. The access token stays here, sealed. */
api.post("/items", async (c) => {
  const { public_token } = await readBody(c, { public_token: "string" });
  return answer(
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
  return answer(c, { ...outcome, data: outcome.data && maskNumbers(outcome.data) });
});

api.get("/items/:id/identity", async (c) => {
  const accessToken = await accessTokenOf(c, c.req.param("id"));
  const outcome = await callPlaid(c.env, (plaid) => plaid.identityRequest(accessToken));
  if (outcome.data) await rememberAccounts(c, outcome.data);
  return answer(c, outcome);
});

/** The session's bank-transfer events and webhooks, from the worker's own log: Plaid is not asked. */
api.get("/activity", async (c) => {
  const { items, accountIds } = await c.var.session.contents();
  if (!items.length) return c.json({ cursor: 0, events: [], webhooks: [] });
  const itemIds = items.map((item) => item.item_id);
  return c.json(await eventLog(c.env).activity({ itemIds, accountIds, since: items[0].linked_at }));
});

/** What the webhook and the schedule do by themselves. */
api.post("/events/sync", async (c) => {
  const { added, cursor, error, call } = await eventLog(c.env).sync("page");
  return answer(c, { data: { added, cursor }, error, call });
});

export async function accessTokenOf(c, itemId) {
  const token = await c.var.session.accessToken(itemId);
  if (!token) throw refuse(404, "unknown_item", "This session has no such item. Link an account first.");
  return token;
}

/** Where Plaid can reach this worker; nothing where it can't, because the worker runs on somebody's desk. */
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

/** The page shows which account it is; nobody needs the whole number to see that. */
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
