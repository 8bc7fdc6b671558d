import { deleteCookie, getSignedCookie, setSignedCookie } from "hono/cookie";
import { isLoopback } from "./config.js";
import { refuse } from "./http-errors.js";
import { SESSION_DAYS } from "./session.js";

/** Finds the visitor's session by its cookie. GET /api/session starts one; every other route requires it. */
export async function session(c, next) {
  const options = cookieOptions(c);
  let id = await getSignedCookie(c, c.env.SESSION_SECRET, "session", options.prefix);
  if (!id) {
    if (c.req.method !== "GET" || c.req.path !== "/api/session") {
      throw id === false
        ? refuse(401, "invalid_session", "The session cookie is invalid. Reload the page to get a new one.")
        : refuse(401, "no_session", "There is no session cookie. GET /api/session starts a session.");
    }
    id = crypto.randomUUID();
    await setSignedCookie(c, "session", id, c.env.SESSION_SECRET, options);
  }
  c.set("sessionId", id);
  c.set("session", c.env.SESSIONS.getByName(id));
  return next();
}

export function endSession(c) {
  deleteCookie(c, "session", cookieOptions(c));
}

function cookieOptions(c) {
  const local = isLoopback(new URL(c.req.url).hostname);
  return {
    path: "/",
    httpOnly: true,
    sameSite: "Lax", // Strict would lose the session on the way back from a bank's own login page.
    maxAge: SESSION_DAYS * 24 * 3600,
    // Browsers refuse Secure cookies over plain http, which is used on this machine only.
    ...(local ? {} : { secure: true, prefix: "host" }),
  };
}
