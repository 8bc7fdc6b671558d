import { refuse } from "./http-errors.js";

/**
 * A request that changes state must come from this worker's own page, as JSON. Browsers always say where a
 * request comes from, and a form on another site can't send JSON without a preflight.
 */
export async function sameOriginJson(c, next) {
  if (c.req.method === "GET" || c.req.method === "HEAD") return next();
  const site = c.req.header("sec-fetch-site");
  const origin = c.req.header("origin");
  if ((site && site !== "same-origin") || (origin && origin !== new URL(c.req.url).origin)) {
    throw refuse(403, "cross_origin", "Only the worker's own page may send this request.");
  }
  if (
    c.req.method !== "DELETE" &&
    c.req.header("content-type")?.split(";")[0].trim() !== "application/json"
  ) {
    throw refuse(
      415,
      "unsupported_media_type",
      "Send a JSON object, with the header Content-Type: application/json.",
    );
  }
  return next();
}
