import { secureHeaders } from "hono/secure-headers";
import { isLoopback, linkScript, usesLocalSandbox } from "./config.js";

const PLAID_API = "https://sandbox.plaid.com https://production.plaid.com";

// Only what Link needs: https://plaid.com/docs/link/web/. The local sandbox's stand-in needs less.
const link = (c) => new URL(linkScript(c.env)).origin;
const plaidLink = (c) => (usesLocalSandbox(c.env) ? "" : link(c));
const plaidApi = (c) => (usesLocalSandbox(c.env) ? "" : PLAID_API);

const headers = (https) =>
  secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'", link],
      styleSrc: ["'self'", plaidLink],
      imgSrc: ["'self'"],
      fontSrc: ["'self'"],
      connectSrc: ["'self'", plaidLink, plaidApi],
      frameSrc: [link],
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
