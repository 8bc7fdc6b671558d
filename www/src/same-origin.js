import { refuse } from "./http-errors.js";

/**
 * Whatever changes state must come from this worker's own page, as JSON. A browser always says where a
 * request comes from; a form of another site can't send JSON without asking first.
 */
export async function sameOriginJson(c, next) {
  if (c.req.method === "GET" || c.req.method === "HEAD") return next();
  const site = c.req.header("sec-fetch-site");
  const origin = c.req.header("origin");
  if ((site && site !== "same-origin") || (origin && origin !== new URL(c.req.url).origin)) {
    throw refuse(403, "cross_origin", "This can only be asked for by the worker's own page.");
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
