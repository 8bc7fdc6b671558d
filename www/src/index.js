/**
 * The worker, and which module handles which request:
 *
 *   page      GET  /                      the page, from ./public
 *   api       /api/*                      what the page requests, in its session
 *   webhook   POST /webhook               what Plaid sends
 *   sandbox   /api/sandbox/*              what only a sandbox allows
 *   scheduled                             bank-transfer events that no webhook announced
 */
import { Hono } from "hono";
import { methodNotAllowed } from "hono/method-not-allowed";
import { api } from "./api.js";
import { limitedBody } from "./body.js";
import { problemPage, configurationProblems } from "./config.js";
import { eventLog } from "./event-log.js";
import { jsonError, respondToError } from "./http-errors.js";
import { sameOriginJson } from "./same-origin.js";
import { sandbox } from "./sandbox.js";
import { noStore, securityHeaders } from "./security-headers.js";
import { session } from "./session-cookie.js";
import { receiveWebhook } from "./webhook.js";

export { EventLog } from "./event-log.js";
export { Session } from "./session.js";

const app = new Hono();

app.onError(respondToError);
app.notFound(fileOrNothing);
app.use(
  methodNotAllowed({
    app,
    onMethodNotAllowed: (c, methods) =>
      jsonError(c, 405, "method_not_allowed", `${c.req.path} accepts ${methods.join(", ")}.`, {
        Allow: methods.join(", "),
      }),
  }),
);
app.use(securityHeaders);
app.use(async (c, next) => {
  const problems = await configurationProblems(c.env);
  return problems.length ? problemPage(c, problems) : next();
});

app.post("/webhook", receiveWebhook);
app.use("/api/*", noStore, sameOriginJson, limitedBody, session);
app.route("/api/sandbox", sandbox);
app.route("/api", api);

export default {
  fetch: app.fetch,

  /** Run by the cron trigger in wrangler.jsonc. An error shows as a failed run. */
  async scheduled(_controller, env) {
    const { error } = await eventLog(env).sync("schedule");
    if (error) throw new Error(`Syncing bank-transfer events failed: ${error.message}`);
  },
};

/** The page and its files. Anything else is a JSON error. */
async function fileOrNothing(c) {
  const file = await c.env.ASSETS.fetch(c.req.raw);
  if (file.ok || file.status === 304) return new Response(file.body, file);
  return jsonError(c, 404, "not_found", `There is nothing at ${c.req.path}.`);
}
