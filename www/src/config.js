import { PlaidAdapter } from "plaid-edge";
import { decodeBase64 } from "./base64.js";

/** @typedef {Record<string, any>} Env  The worker's bindings, as wrangler.jsonc and the secrets define them. */

let found;

/** What is missing or invalid in the worker's settings, one sentence each. Secrets are named, never shown. */
export async function configurationProblems(env) {
  if (found?.length === 0) return found;
  const problems = [];
  if (!env.SESSION_SECRET || env.SESSION_SECRET.length < 32) {
    problems.push("SESSION_SECRET signs the session cookie. It must have at least 32 characters.");
  }
  if (decodeBase64(env.TOKEN_KEY)?.length !== 32) {
    problems.push(
      "TOKEN_KEY encrypts access tokens at rest. It must be 32 bytes in base64, as from `openssl rand -base64 32`.",
    );
  }
  try {
    (await PlaidAdapter.fromEnv(env)).free();
  } catch (error) {
    problems.push(...(error.problems ?? [error.message]));
  }
  return (found = problems);
}

/** The response to every request until the worker is configured. */
export function problemPage(c, problems) {
  const message =
    "This worker is not configured yet. Set each missing value with `npx wrangler secret put NAME`.";
  if (!c.req.header("accept")?.includes("text/html")) {
    return c.json({ error: { code: "not_configured", message, problems } }, 503);
  }
  const items = problems.map(
    (problem) => `<li>${problem.replace(/[&<>]/g, (s) => `&#${s.charCodeAt(0)};`)}</li>`,
  );
  return c.html(
    `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">` +
      `<title>Not configured</title><link rel="stylesheet" href="data:,">` +
      `<h1>Not configured yet</h1><p>${message}</p><ul>${items.join("")}</ul></html>`,
    503,
  );
}

/** Whether PLAID_BASE_URL points to a sandbox on this machine. */
export function usesLocalSandbox(env) {
  if (typeof env.PLAID_BASE_URL !== "string" || !URL.canParse(env.PLAID_BASE_URL)) return false;
  return isLoopback(new URL(env.PLAID_BASE_URL).hostname);
}

/** Whether this is a sandbox, Plaid's own or the local one. */
export function usesSandbox(env) {
  return usesLocalSandbox(env) || String(env.PLAID_ENV).toLowerCase() === "sandbox";
}

/** Where the page loads Link from: https://plaid.com/docs/link/web/. The local sandbox has a stand-in at the same path. */
export function linkScript(env) {
  const origin = usesLocalSandbox(env) ? env.PLAID_BASE_URL : "https://cdn.plaid.com";
  return new URL("/link/v2/stable/link-initialize.js", origin).href;
}

/** `hostname` is a URL's, which always spells an IPv4 address as four numbers. */
export function isLoopback(hostname) {
  return hostname === "localhost" || hostname === "[::1]" || /^127(\.\d+){3}$/.test(hostname);
}
