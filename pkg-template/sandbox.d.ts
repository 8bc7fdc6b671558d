/**
 * plaid-edge/sandbox: Plaid in a box, for development, demos and tests without an account or a network.
 *
 * The same sandbox runs as a server: `npx plaid-edge sandbox --help`.
 *
 * @packageDocumentation
 */

import type { PlaidEndpoints, PlaidErrorType } from "./endpoints.js";
import type { PlaidErrorCode } from "./index.js";

/**
 * An in-process stand-in for the Plaid API: stateful and strict, with Plaid's own test user, errors and signed
 * webhooks. Every instance is a world of its own; nothing is shared or kept.
 *
 * ```ts
 * import { PlaidAdapter } from "plaid-edge";
 * import { PlaidSandbox } from "plaid-edge/sandbox";
 *
 * const sandbox = new PlaidSandbox();
 * const plaid = new PlaidAdapter(sandbox.env, { fetch: sandbox.fetch });
 *
 * const { public_token } = await plaid.request("/sandbox/public_token/create", {
 *   institution_id: "ins_109508",
 *   initial_products: ["auth"],
 * });
 * const { access_token } = await plaid.exchangePublicToken(public_token);
 * const { numbers } = await plaid.authRequest(access_token);
 * ```
 *
 * {@link PlaidSandbox.coverage} lists all paths. It models Transactions, Balance, Institutions, Investments,
 * Liabilities, Transfer, Signal, Assets, Statements, processor tokens, Identity Verification, Monitor, older Income
 * endpoints, Payment Initiation and users, and answers link tokens (`/link/token/create`, `/link/token/get`), Items (`/sandbox/public_token/create`,
 * `/item/public_token/exchange`, `/item/get`, `/item/remove`, `/item/access_token/invalidate`,
 * `/item/webhook/update`), their data (`/accounts/get`, `/auth/get`, `/identity/get`), bank transfers
 * (`/bank_transfer/create`, `/get`, `/cancel`, `/event/sync`, `/event/list`, `/sandbox/bank_transfer/simulate`,
 * `/sandbox/bank_transfer/fire_webhook`), `/transfer/event/sync`, `/webhook_verification_key/get`, and
 * `/sandbox/item/reset_login` and `/sandbox/item/fire_webhook`. Any other path is Plaid's 404.
 *
 * **Instead of Link's dialog**, `/sandbox/plaid_edge/link/complete` does what a user does in it, with
 * `{ link_token, institution_id?, username?, password? }` (First Platypus Bank, `user_good` and `pass_good` by
 * default). A new link token gives `{ public_token, metadata }`, as Link gives `onSuccess`; one made with an
 * `access_token` repairs that Item, and `public_token` is null. A password `error_<CODE>` fails with that error
 * code. A link token is good for one success, until it expires.
 *
 * **Custom users**: `user_custom` with a JSON string as the password has the accounts of its `override_accounts`, each
 * with `type`, `subtype`, `starting_balance`, `force_available_balance`, `has_null_available_balance`, `currency`,
 * `meta`, `numbers` (`account`, `ach_routing`, `ach_wire_routing`), `transactions` and `identity`. What the sandbox
 * doesn't support, such as `holdings`, is refused by name.
 *
 * ```ts
 * await plaid.request("/sandbox/public_token/create", {
 *   institution_id: "ins_109508",
 *   initial_products: ["auth"],
 *   options: {
 *     override_username: "user_custom",
 *     override_password: JSON.stringify({
 *       override_accounts: [{ type: "depository", subtype: "checking", starting_balance: 50_000 }],
 *     }),
 *   },
 * });
 * ```
 *
 * **Webhooks** that a call brings about (`/sandbox/item/reset_login`, for one) are signed and really posted with
 * the global `fetch`, when their host is localhost, 127.0.0.1, [::1] or one of
 * {@link PlaidSandboxOptions.webhookHosts} (redirects are not followed); to other hosts nothing is sent. The call responds when the receiver has, or after ten seconds. As at Plaid, a webhook whose receiver
 * doesn't respond with 200 in ten seconds is retried up to six times, after 30 seconds and then after waits four times
 * as long as the last; {@link PlaidSandbox.advance} makes that time pass. {@link PlaidSandbox.webhooks} lets them
 * come twice, late or out of order. {@link PlaidSandbox.signWebhook} makes one without a server.
 *
 * **Transfer events**: each event of a bank transfer shows in `/transfer/event/sync` too, with the same id;
 * `reversed` is called `returned` there.
 */
export class PlaidSandbox {
  /** Throws a TypeError that names the field if an option is wrong. */
  constructor(options?: PlaidSandboxOptions);

  /** What this sandbox accepts as credentials, in the form that `new PlaidAdapter(env)` takes. */
  readonly env: { PLAID_CLIENT_ID: string; PLAID_SECRET: string; PLAID_ENV: "sandbox" };

  /**
   * A fetch that answers as Plaid would, whatever the host. Bound: it can be handed on by itself. An abort of the
   * signal in `init`, or of the Request's own, rejects with the signal's reason.
   */
  readonly fetch: (input: Request | string | URL, init?: RequestInit) => Promise<Response>;

  /**
   * Lets the next `fault.times` calls of `path` fail. Faults of one path queue up. A call that fails in this way
   * changes nothing; one that is only delayed is carried out when it arrives, even if its caller doesn't wait for
   * the answer.
   *
   * ```ts
   * sandbox.fail("/auth/get", { errorCode: "INSTITUTION_DOWN" });
   * sandbox.fail("/auth/get", { status: 429, retryAfter: "2", times: 3 });
   * sandbox.fail("/item/public_token/exchange", { delayMs: 5_000 });
   * ```
   *
   * @param path Plaid's path, starting with "/"; the sandbox need not know it.
   */
  fail(path: SandboxPath, fault: Fault): void;

  /**
   * A webhook as Plaid would send it, signed with a key that `/webhook_verification_key/get` hands out: `body` is
   * JSON with two-space indentation and sorted keys, `headers` has `plaid-verification` and `content-type`.
   *
   * ```ts
   * const { body, headers } = await sandbox.signWebhook({ webhook_type: "ITEM", webhook_code: "ERROR" });
   * await worker.fetch(new Request("https://example.com/webhook", { method: "POST", body, headers }));
   * ```
   */
  signWebhook(
    payload: object,
    options?: SignWebhookOptions,
  ): Promise<{ body: string; headers: Record<string, string> }>;

  /**
   * What was asked of it, oldest first: the 10,000 latest requests, fewer when their bodies are large; a body of more
   * than 64 KiB is null. `client_id` and `secret` are left out of the
   * bodies; a body that is not a JSON object is null.
   */
  requests(): { path: string; body: any }[];

  /** Back to a fresh sandbox: no Items, tokens, events, faults or requests, and new webhook keys. */
  reset(): void;

  /**
   * Responds to the next `options.times` calls of `path` with this body; `request_id` is added. For endpoints
   * that the sandbox does not model, and for data that it does not make. Responses of one path queue up.
   *
   * ```ts
   * sandbox.respond("/liabilities/get", { accounts: [], item: {}, liabilities: { student: [] } });
   * ```
   *
   * @param path Plaid's path, starting with "/"; the sandbox need not know it.
   * @param body The response's JSON object.
   * @param options How many calls, and with which status.
   * @throws A TypeError that names the field if an argument is invalid.
   */
  respond(path: SandboxPath, body: object, options?: RespondOptions): void;

  /**
   * Moves the sandbox's clock ahead. Pending transactions from before the new day are posted under new ids,
   * transfers post after one day, settle after two and have funds available after five; tokens and logins expire. Webhooks
   * that are late or to be retried by then are posted, each signed anew, in the background.
   *
   * ```ts
   * sandbox.advance(31 * 24 * 60 * 60 * 1_000); // the logins of all Items have expired
   * ```
   *
   * @param milliseconds How far: a number of at least 0.
   * @throws A TypeError if it is not such a number.
   */
  advance(milliseconds: number): void;

  /**
   * What happens to the next webhooks on their way, as it may at Plaid. What was asked for earlier comes first.
   *
   * ```ts
   * sandbox.webhooks({ duplicate: true }); // the next webhook is posted twice
   * sandbox.webhooks({ reorder: true }); // the next two are posted in reverse order
   * sandbox.webhooks({ delayMs: 60_000, times: 3 }); // posted by advance(60_000)
   * ```
   *
   * @throws A TypeError that names the field if an argument is invalid.
   */
  webhooks(disorder: WebhookDisorder): void;

  /**
   * How the sandbox responds, by path: `"modelled"` paths have state and Plaid's errors, `"typed"` ones get
   * data made from Plaid's types only. A path that is absent is unknown.
   *
   * ```ts
   * sandbox.coverage()["/transactions/sync"]; // "modelled"
   * ```
   */
  coverage(): Record<string, "modelled" | "typed">;
}

/** What a {@link PlaidSandbox} can be made with. */
export interface PlaidSandboxOptions {
  /** The `client_id` to accept. By default a fixed one that is no real client's. */
  clientId?: string | undefined;
  /** The `secret` to accept. By default a fixed one that is no real client's. */
  secret?: string | undefined;
  /**
   * The sandbox's clock, in milliseconds since 1970: `Date.now` by default. Tokens expire, logins age (30 days)
   * and webhooks are signed by it. Timers (`delayMs`) are not.
   */
  now?: (() => number) | undefined;
  /**
   * Makes ids, tokens, data and webhook keys the same in every run that makes the same calls: an integer from 0 to
   * 2^53 - 1. By default they differ.
   */
  seed?: number | undefined;
  /**
   * Hosts beside localhost, 127.0.0.1 and [::1] to which webhooks may be posted, such as `["app"]` for a service of
   * Compose. Host names only, without scheme and port. By default none.
   */
  webhookHosts?: readonly string[] | undefined;
}

/** How {@link PlaidSandbox.signWebhook} signs. */
export interface SignWebhookOptions {
  /** When the webhook was issued, in Unix seconds. By default now. */
  issuedAt?: number | undefined;
  /** Signs with a key whose `expired_at` is in the past. By default false. */
  expiredKey?: boolean | undefined;
}

/** A failure on demand. Fields that contradict each other are a TypeError. */
export interface Fault {
  /**
   * How many requests fail. 1 by default. The adapter sends a request again after a 429 or a 5xx: to see such an
   * error, let `maxRetries + 1` of them fail.
   */
  times?: number | undefined;
  /**
   * The HTTP status, 200 to 599. Without a code, it decides the error: 404 is NOT_FOUND, 429 RATE_LIMIT, 503
   * PLANNED_MAINTENANCE, another 4xx INVALID_FIELD, anything else INTERNAL_SERVER_ERROR.
   */
  status?: number | undefined;
  /** Plaid's error_type. By default the one that belongs to the code. */
  errorType?: PlaidErrorType | undefined;
  /** Plaid's error_code, with the status, type and messages that Plaid documents for it; any other string too,
   * with status 400. */
  errorCode?: PlaidErrorCode | undefined;
  /** Plaid's error_message. By default the one that belongs to the code. */
  errorMessage?: string | undefined;
  /** The Retry-After header: seconds, or an HTTP date. By itself, it means a 429. */
  retryAfter?: string | undefined;
  /** A body to be sent as it is, with `status` (200 by default) and as application/json. */
  rawBody?: string | undefined;
  /** No answer: `fetch` rejects with a TypeError, or the server drops the connection. */
  networkError?: boolean | undefined;
  /** No end: nothing ever comes. With `status`, the answer begins (`rawBody`, or the error) and never ends. */
  hang?: boolean | undefined;
  /** Milliseconds before the answer or the failure. By itself, the answer is the usual one. */
  delayMs?: number | undefined;
}

/** What {@link PlaidSandbox.webhooks} does to webhooks. One field beside `times` is needed; they can be combined. */
export interface WebhookDisorder {
  /** How many webhooks: an integer of at least 1. By default 1, or 2 with `reorder`. */
  times?: number | undefined;
  /** Each is posted twice. */
  duplicate?: boolean | undefined;
  /** Each is posted that many milliseconds later by the sandbox's clock, which {@link PlaidSandbox.advance} moves. */
  delayMs?: number | undefined;
  /** They are held back until the last of them was sent, and then posted in reverse order. */
  reorder?: boolean | undefined;
}

/** How {@link PlaidSandbox.respond} responds. */
export interface RespondOptions {
  /** How many calls get this response: an integer of at least 1. 1 by default. */
  times?: number | undefined;
  /** The HTTP status, 200 to 599. 200 by default. */
  status?: number | undefined;
}

/** A path of Plaid's API, which an editor completes. Any other string is accepted too. */
export type SandboxPath = keyof PlaidEndpoints | (string & {});
