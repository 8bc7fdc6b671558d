import { secureHeaders } from "hono/secure-headers";
import { isLoopback, usesLocalSandbox } from "./config.js";

const PLAID_CDN = "https://cdn.plaid.com";
const PLAID_API = ["https://sandbox.plaid.com", "https://production.plaid.com"];

// Only what Link needs, and only where Link is real: https://plaid.com/docs/link/web/
const withLink = (sources) => (c) => (usesLocalSandbox(c.env) ? "" : sources.join(" "));

const headers = (https) =>
  secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'", withLink([PLAID_CDN])],
      styleSrc: ["'self'", withLink([PLAID_CDN])],
      imgSrc: ["'self'"],
      fontSrc: ["'self'"],
      connectSrc: ["'self'", withLink([PLAID_CDN, ...PLAID_API])],
      frameSrc: [(c) => (usesLocalSandbox(c.env) ? "'none'" : PLAID_CDN)],
      formAction: ["'none'"],
      frameAncestors: ["'none'"],
      baseUri: ["'none'"],
    },
    // Banks that use OAuth open in a window that reports back to the page.
    crossOriginOpenerPolicy: "same-origin-allow-popups",
    permissionsPolicy: { camera: [], geolocation: [], microphone: [], payment: [] },
    strictTransportSecurity: https ? "max-age=31536000" : false,
    xFrameOptions: "DENY",
  });

const plain = headers(false);
const secure = headers(true);

export function securityHeaders(c, next) {
  return isLoopback(new URL(c.req.url).hostname) ? plain(c, next) : secure(c, next);
}

/** Responses of a session are never cached. */
export async function noStore(c, next) {
  await next();
  c.header("Cache-Control", "no-store");
}
