/**
 * plaid-edge/sandbox: Plaid's API in process, for development, demos, and tests without an account or a network.
 *
 * The same sandbox runs as a server: `npx plaid-edge sandbox --help`.
 *
 * @packageDocumentation
 */

import type { PlaidEndpoints, PlaidErrorType } from "./endpoints.js";
import type { PlaidErrorCode } from "./index.js";

/**
 * An in-process stand-in for the Plaid API: stateful and strict, with Plaid's own test user, errors, and signed
 * webhooks. Instances share nothing, and nothing is stored.
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
 * It models the following paths; {@link PlaidSandbox.coverage} lists them too. Any other path gets Plaid's 404 or,
 * with {@link PlaidSandboxOptions.typed}, the least that Plaid's types allow.
 *
 * - **Link and Items**: `/item/access_token/invalidate`, `/item/get`, `/item/import`,
 *   `/item/public_token/exchange`, `/item/remove`, `/item/webhook/update`, `/link/token/create`,
 *   `/link/token/get`, `/sandbox/item/fire_webhook`, `/sandbox/item/reset_login`,
 *   `/sandbox/plaid_edge/link/complete`, `/sandbox/plaid_edge/link/open`, `/sandbox/public_token/create`.
 * - **Accounts, Balance, Auth, Identity**: `/accounts/balance/get`, `/accounts/get`, `/auth/get`,
 *   `/identity/get`.
 * - **Transactions**: `/categories/get`, `/sandbox/transactions/create`, `/transactions/enrich`,
 *   `/transactions/get`, `/transactions/recurring/get`, `/transactions/refresh`, `/transactions/sync`.
 * - **Transfer**: `/sandbox/transfer/fire_webhook`, `/sandbox/transfer/ledger/deposit/simulate`,
 *   `/sandbox/transfer/ledger/simulate_available`, `/sandbox/transfer/ledger/withdraw/simulate`,
 *   `/sandbox/transfer/refund/simulate`, `/sandbox/transfer/simulate`, `/sandbox/transfer/sweep/simulate`,
 *   `/transfer/authorization/cancel`, `/transfer/authorization/create`, `/transfer/cancel`,
 *   `/transfer/capabilities/get`, `/transfer/configuration/get`, `/transfer/create`, `/transfer/event/list`,
 *   `/transfer/event/sync`, `/transfer/get`, `/transfer/ledger/deposit`, `/transfer/ledger/distribute`,
 *   `/transfer/ledger/get`, `/transfer/ledger/withdraw`, `/transfer/list`, `/transfer/migrate_account`,
 *   `/transfer/recurring/cancel`, `/transfer/recurring/create`, `/transfer/recurring/get`,
 *   `/transfer/recurring/list`, `/transfer/refund/cancel`, `/transfer/refund/create`, `/transfer/refund/get`,
 *   `/transfer/sweep/get`, `/transfer/sweep/list`.
 * - **Bank transfers**: `/bank_transfer/balance/get`, `/bank_transfer/cancel`, `/bank_transfer/create`,
 *   `/bank_transfer/event/list`, `/bank_transfer/event/sync`, `/bank_transfer/get`, `/bank_transfer/list`,
 *   `/bank_transfer/migrate_account`, `/bank_transfer/sweep/get`, `/bank_transfer/sweep/list`,
 *   `/sandbox/bank_transfer/fire_webhook`, `/sandbox/bank_transfer/simulate`.
 * - **Signal**: `/signal/decision/report`, `/signal/evaluate`, `/signal/prepare`, `/signal/return/report`.
 * - **Investments**: `/investments/auth/get`, `/investments/holdings/get`, `/investments/refresh`,
 *   `/investments/transactions/get`.
 * - **Liabilities**: `/liabilities/get`.
 * - **Assets**: `/asset_report/audit_copy/create`, `/asset_report/audit_copy/get`,
 *   `/asset_report/audit_copy/remove`, `/asset_report/create`, `/asset_report/filter`, `/asset_report/get`,
 *   `/asset_report/pdf/get`, `/asset_report/refresh`, `/asset_report/remove`.
 * - **Statements**: `/statements/download`, `/statements/list`, `/statements/refresh`.
 * - **Plaid Check**: `/cra/check_report/base_report/get`, `/cra/check_report/create`,
 *   `/cra/check_report/income_insights/get`, `/cra/check_report/partner_insights/get`,
 *   `/cra/check_report/pdf/get`.
 * - **Income**: `/income/verification/paystubs/get`, `/income/verification/precheck`,
 *   `/income/verification/taxforms/get`, `/sandbox/income/fire_webhook`.
 * - **Identity Verification**: `/identity_verification/create`, `/identity_verification/get`,
 *   `/identity_verification/list`, `/identity_verification/retry`.
 * - **Monitor**: `/watchlist_screening/individual/create`, `/watchlist_screening/individual/get`,
 *   `/watchlist_screening/individual/list`, `/watchlist_screening/individual/update`.
 * - **Payment Initiation**: `/payment_initiation/payment/create`, `/payment_initiation/payment/get`,
 *   `/payment_initiation/payment/list`, `/payment_initiation/recipient/create`,
 *   `/payment_initiation/recipient/get`, `/payment_initiation/recipient/list`, `/sandbox/payment/simulate`.
 * - **Users**: `/user/create`, `/user/get`, `/user/items/get`, `/user/remove`, `/user/update`.
 * - **Processors**: `/processor/account/get`, `/processor/auth/get`, `/processor/balance/get`,
 *   `/processor/identity/get`, `/processor/investments/auth/get`, `/processor/investments/holdings/get`,
 *   `/processor/investments/transactions/get`, `/processor/liabilities/get`,
 *   `/processor/signal/decision/report`, `/processor/signal/evaluate`, `/processor/signal/prepare`,
 *   `/processor/signal/return/report`, `/processor/stripe/bank_account_token/create`,
 *   `/processor/token/create`, `/processor/token/permissions/get`, `/processor/token/permissions/set`,
 *   `/processor/token/webhook/update`, `/processor/transactions/get`,
 *   `/processor/transactions/recurring/get`, `/processor/transactions/refresh`,
 *   `/processor/transactions/sync`, `/sandbox/processor_token/create`.
 * - **Institutions**: `/institutions/get`, `/institutions/get_by_id`, `/institutions/search`.
 * - **Webhook verification**: `/webhook_verification_key/get`.
 *
 * **Instead of Link's dialog**, `/sandbox/plaid_edge/link/complete` plays the user, with
 * `{ link_token, institution_id?, username?, password? }` (First Platypus Bank, `user_good` and `pass_good` by
 * default). It responds with `{ public_token, metadata }`, which Link would pass to `onSuccess`. A link token
 * created with an `access_token` repairs that Item, whose access token stays valid. A password `error_<CODE>` fails
 * with that error code. A link token can succeed once, until it expires.
 *
 * **Link in a page**: the server has a stand-in for Plaid's script at `/link/v2/stable/link-initialize.js`, for pages
 * with `Plaid.create` and for `react-plaid-link`. Its dialog is in an iframe titled "Plaid Link", with a button for
 * each institution, the text boxes "Username" and "Password", and the buttons "Continue" and "Exit".
 *
 * **Custom users**: `user_custom`, with a JSON string as the password, has the accounts in its `override_accounts`, each
 * with `type`, `subtype`, `starting_balance`, `force_available_balance`, `has_null_available_balance`, `currency`,
 * `meta`, `numbers` (`account`, `ach_routing`, `ach_wire_routing`), `transactions` and `identity`. Unsupported
 * fields, such as `holdings`, are rejected by name.
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
 * **Webhooks** that a call causes (such as `/sandbox/item/reset_login`) are signed and actually posted, with the global
 * `fetch`, if their host is localhost, 127.0.0.1, [::1], or one of {@link PlaidSandboxOptions.webhookHosts}. Redirects are
 * not followed, and nothing is sent to other hosts. The call responds after the receiver does, or after ten seconds. As at
 * Plaid, a webhook whose receiver doesn't respond with 200 within ten seconds is retried up to six times, first after 30
 * seconds and then after four times the previous delay; {@link PlaidSandbox.advance} makes that time pass.
 * {@link PlaidSandbox.webhooks} makes webhooks arrive twice, late, or out of order. {@link PlaidSandbox.signWebhook}
 * creates one without a server.
 *
 * **Transfer events**: each bank-transfer event also appears in `/transfer/event/sync`, with the same ID; `reversed`
 * is called `returned` there.
 */
export class PlaidSandbox {
  /** Throws a TypeError that names the field if an option is invalid. */
  constructor(options?: PlaidSandboxOptions);

  /** The credentials that this sandbox accepts; pass it to `new PlaidAdapter(env)`. */
  readonly env: { PLAID_CLIENT_ID: string; PLAID_SECRET: string; PLAID_ENV: "sandbox" };

  /**
   * A `fetch` that responds as Plaid would, whatever the host. It is bound, so you can pass it on by itself. If the
   * signal in `init` or the Request's own is aborted, it rejects with the signal's reason.
   */
  readonly fetch: (input: Request | string | URL, init?: RequestInit) => Promise<Response>;

  /**
   * Makes the next `fault.times` calls of `path` fail. Faults for the same path queue up. A call that fails this way
   * changes nothing. A call that is only delayed is still processed, even if its caller doesn't wait for the response.
   *
   * ```ts
   * sandbox.fail("/auth/get", { errorCode: "INSTITUTION_DOWN" });
   * sandbox.fail("/auth/get", { status: 429, retryAfter: "2", times: 3 });
   * sandbox.fail("/item/public_token/exchange", { delayMs: 5_000 });
   * ```
   *
   * @param path Plaid's path, starting with "/"; it may be unknown to the sandbox.
   */
  fail(path: SandboxPath, fault: Fault): void;

  /**
   * Creates a webhook as Plaid would send it, signed with a key that `/webhook_verification_key/get` returns. `body` is
   * JSON with two-space indentation and sorted keys; `headers` has `plaid-verification` and `content-type`.
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
   * The requests it received, oldest first: the latest 10,000, or fewer if their bodies are large. `client_id` and
   * `secret` are removed from the bodies. A body that is larger than 64 KiB or not a JSON object is null.
   */
  requests(): { path: string; body: any }[];

  /** Returns to a fresh sandbox: no Items, tokens, events, faults, or requests, and new webhook keys. */
  reset(): void;

  /**
   * Responds to the next `options.times` calls of `path` with this body; `request_id` is added. Use it for
   * endpoints that the sandbox does not model, and for data of your own. Responses for the same path queue up.
   *
   * ```ts
   * sandbox.respond("/liabilities/get", { accounts: [], item: {}, liabilities: { student: [] } });
   * ```
   *
   * @param path Plaid's path, starting with "/"; it may be unknown to the sandbox.
   * @param body The response's JSON object.
   * @param options How many calls, and with which status.
   * @throws A TypeError that names the field if an argument is invalid.
   */
  respond(path: SandboxPath, body: object, options?: RespondOptions): void;

  /**
   * Moves the sandbox's clock forward. Pending transactions from earlier days post under new IDs. Transfers post after
   * one day, settle after two, and have funds available after five. Tokens and logins expire. Webhooks that were delayed
   * or are due for a retry are posted in the background, each with a new signature.
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
   * How the next webhooks are delivered, to imitate what can happen at Plaid. Earlier settings apply first.
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
   * data generated from Plaid's types. A path that is absent is unknown.
   *
   * ```ts
   * sandbox.coverage()["/transactions/sync"]; // "modelled"
   * ```
   */
  coverage(): Record<string, "modelled" | "typed">;
}

/** Options of {@link PlaidSandbox}. */
export interface PlaidSandboxOptions {
  /** The `client_id` to accept. By default, a fixed one that no real client has. */
  clientId?: string | undefined;
  /** The `secret` to accept. By default, a fixed one that no real client has. */
  secret?: string | undefined;
  /**
   * The sandbox's clock, in milliseconds since 1970: `Date.now` by default. It decides when tokens and
   * logins (30 days) expire, and dates webhooks. Timers (`delayMs`) don't follow it.
   */
  now?: (() => number) | undefined;
  /**
   * Makes IDs, tokens, data, and webhook keys the same in every run that makes the same calls: an integer from 0 to
   * 2^53 - 1. By default, they differ.
   */
  seed?: number | undefined;
  /**
   * Also responds on the paths of Plaid's API that the sandbox doesn't model, with the least that Plaid's types allow:
   * empty lists and strings, zeros, null. Such a response has the header `plaid-edge-coverage: typed`; only the request's
   * credentials are checked. By default, these paths are unknown, and the response is Plaid's 404.
   */
  typed?: boolean | undefined;
  /**
   * Hosts, other than localhost, 127.0.0.1, and [::1], to which webhooks may be posted, such as `["app"]` for a Compose
   * service. Host names only, without scheme or port. By default, none.
   */
  webhookHosts?: readonly string[] | undefined;
}

/** How {@link PlaidSandbox.signWebhook} signs. */
export interface SignWebhookOptions {
  /** When the webhook was issued, in Unix seconds. By default, now. */
  issuedAt?: number | undefined;
  /** Signs with a key whose `expired_at` is in the past. By default, false. */
  expiredKey?: boolean | undefined;
}

/** A failure on demand. Contradictory fields throw a TypeError. */
export interface Fault {
  /**
   * How many requests fail, 1 by default. The adapter retries after a 429 or a 5xx: to see such an error, make
   * `maxRetries + 1` of them fail.
   */
  times?: number | undefined;
  /**
   * The HTTP status, 200 to 599. Without a code, it decides the error: 404 is NOT_FOUND, 429 RATE_LIMIT, 503
   * PLANNED_MAINTENANCE, another 4xx INVALID_FIELD, anything else INTERNAL_SERVER_ERROR.
   */
  status?: number | undefined;
  /** Plaid's error_type. By default, the one that belongs to the code. */
  errorType?: PlaidErrorType | undefined;
  /** Plaid's error_code, with the status, type, and messages that Plaid documents for it. Any other string gets
   * status 400. */
  errorCode?: PlaidErrorCode | undefined;
  /** Plaid's error_message. By default, the one that belongs to the code. */
  errorMessage?: string | undefined;
  /** The Retry-After header: seconds, or an HTTP date. On its own, it means a 429. */
  retryAfter?: string | undefined;
  /** A body to send unchanged, with `status` (200 by default) and as application/json. */
  rawBody?: string | undefined;
  /** No response: `fetch` rejects with a TypeError, or the server drops the connection. */
  networkError?: boolean | undefined;
  /** The response never arrives. With `status`, it starts (with `rawBody`, or the error) and never ends. */
  hang?: boolean | undefined;
  /** Milliseconds before the response or the failure. On its own, the response is the usual one. */
  delayMs?: number | undefined;
}

/** What {@link PlaidSandbox.webhooks} does to webhooks. At least one field besides `times` is required; they can be combined. */
export interface WebhookDisorder {
  /** How many webhooks: an integer of at least 1. By default, 1, or 2 with `reorder`. */
  times?: number | undefined;
  /** Each is posted twice. */
  duplicate?: boolean | undefined;
  /** Each is posted this many milliseconds later, by the sandbox's clock, which {@link PlaidSandbox.advance} moves. */
  delayMs?: number | undefined;
  /** They are held back until the last one, and then posted in reverse order. */
  reorder?: boolean | undefined;
}

/** How {@link PlaidSandbox.respond} responds. */
export interface RespondOptions {
  /** How many calls get this response: an integer of at least 1. 1 by default. */
  times?: number | undefined;
  /** The HTTP status, 200 to 599. 200 by default. */
  status?: number | undefined;
}

/** A path of Plaid's API, which editors complete, or any other string. */
export type SandboxPath = keyof PlaidEndpoints | (string & {});
