/// <reference lib="es2022.error" />
/// <reference lib="esnext.disposable" />

/**
 * plaid-edge: Plaid's bank-linking API for Cloudflare Workers, other edge runtimes, servers and browsers.
 *
 * ```ts
 * import { PlaidAdapter } from "plaid-edge";
 *
 * const plaid = new PlaidAdapter(env); // PLAID_CLIENT_ID, PLAID_SECRET, PLAID_ENV
 * const { link_token } = await plaid.createLinkToken("user-1");
 * ```
 *
 * Request and response bodies keep Plaid's own snake_case names: they are the JSON that goes over the wire,
 * handed through untouched, and typed with Plaid's official types. Money is a decimal string ("12.34") or a
 * number of whole currency units, as Plaid's field says; times in bodies are ISO 8601 strings. What is this
 * package's own is camelCase, and its times are in milliseconds unless the name says otherwise.
 *
 * Asynchronous methods never throw: what is wrong with a call rejects its promise. Only a method that is called
 * without its adapter (`const { authRequest } = plaid`) throws, as any class's does.
 *
 * @packageDocumentation
 */

import type {
  AuthGetResponse,
  BankTransferEvent,
  BankTransferEventSyncResponse,
  IdentityGetResponse,
  ItemPublicTokenExchangeResponse,
  LinkTokenCreateRequest,
  LinkTokenCreateResponse,
  TransferEvent,
  TransferEventSyncResponse,
} from "./plaid-types.js";

export type {
  AuthGetResponse,
  BankTransferEvent,
  BankTransferEventSyncResponse,
  IdentityGetResponse,
  ItemPublicTokenExchangeResponse,
  LinkTokenCreateRequest,
  LinkTokenCreateResponse,
  TransferEvent,
  TransferEventSyncResponse,
};

/* ───────────────────────────── configuration ───────────────────────────── */

/**
 * A value of the environment: a plain string, or a binding whose value is fetched, such as one of
 * Cloudflare's Secrets Store. A binding needs {@link PlaidAdapter.fromEnv}, since the constructor cannot
 * wait.
 */
export type EnvValue =
  | string
  | {
      /** Gives the value. */
      get(): Promise<string>;
    };

/**
 * What is read from the environment. Pass a Worker's `env` or Node's `process.env` as it is: other keys are
 * never touched. White space around a value is removed.
 *
 * @example
 * ```ts
 * const env: PlaidEnv = { PLAID_CLIENT_ID: "…", PLAID_SECRET: "…", PLAID_ENV: "sandbox" };
 * ```
 */
export interface PlaidEnv {
  /**
   * Your client id, from Plaid's dashboard. Required. Sent as the header `PLAID-CLIENT-ID`.
   *
   * @see https://dashboard.plaid.com/developers/keys
   */
  PLAID_CLIENT_ID?: EnvValue | undefined;

  /**
   * Your secret for the environment in use, from Plaid's dashboard. Required. Sent as the header
   * `PLAID-SECRET`; it appears in no error and no log of this package.
   *
   * @see https://dashboard.plaid.com/developers/keys
   */
  PLAID_SECRET?: EnvValue | undefined;

  /**
   * `"sandbox"`, `"production"` or `"development"`, in any case: the Plaid host that is called. Required
   * unless `PLAID_BASE_URL` is set. Plaid shut its development environment down in June 2024.
   *
   * @see https://plaid.com/docs/api/#api-host
   */
  PLAID_ENV?: EnvValue | undefined;

  /**
   * Called instead of the host that `PLAID_ENV` implies, for example a proxy or the local sandbox. It is an
   * https URL, or http on loopback (`localhost`, `127.0.0.1`, `[::1]`), without credentials, query or
   * fragment.
   */
  PLAID_BASE_URL?: EnvValue | undefined;

  /** Accepted because older configurations carry it; no call uses it. */
  PLAID_PUBLIC_KEY?: EnvValue | undefined;
}

/**
 * What an adapter may be given beside its environment. Each call can override `timeoutMs` and `maxRetries`.
 */
export interface AdapterOptions {
  /**
   * Used for every request instead of the global `fetch`: a service binding, a proxy, a sandbox, a test
   * double.
   *
   * @example
   * ```ts
   * import { PlaidSandbox } from "plaid-edge/sandbox";
   *
   * const sandbox = new PlaidSandbox();
   * const plaid = new PlaidAdapter(sandbox.env, { fetch: sandbox.fetch });
   * ```
   */
  fetch?: ((input: FetchInput, init?: RequestInit) => Promise<Response>) | undefined;

  /**
   * How many milliseconds one attempt may take, reading the answer's body included: a number from 1 to
   * 2,147,483,647. A call with retries may take longer in all.
   *
   * @defaultValue 30_000
   */
  timeoutMs?: number | undefined;

  /**
   * How many more attempts may follow the first: a whole number from 0 to 100; 0 turns retries off.
   *
   * Tried again are network failures, timeouts, 429 (but not `CREDITS_EXHAUSTED`), 500, 502, 503 and 504. The
   * wait is a random time between half and all of 0.5 s, 1 s, 2 s, … 8 s; a `Retry-After` header of at most
   * 60 s is obeyed instead, and a longer one ends the retries. Every method of the adapter may be sent twice
   * without harm; {@link PlaidAdapter.request} says what holds for other endpoints.
   *
   * @defaultValue 2
   */
  maxRetries?: number | undefined;

  /**
   * Told of every attempt when it has ended, for logs and metrics. It never sees a body or a credential. What
   * it throws is ignored, and what it returns is not waited for.
   *
   * @example
   * ```ts
   * const onAttempt = ({ endpoint, outcome, durationMs }: Attempt) => console.log(endpoint, outcome, durationMs);
   * ```
   */
  onAttempt?: ((attempt: Attempt) => void) | undefined;
}

/** One attempt of one call, as {@link AdapterOptions.onAttempt} is told of it. */
export interface Attempt {
  /** Plaid's path: `"/auth/get"`. */
  endpoint: string;
  /** Which attempt of its call this was: 1, 2, … */
  attempt: number;
  /** `"ok"`, or the kind of failure. */
  outcome: "ok" | PlaidErrorKind;
  /** The answer's HTTP status; absent where there was no answer. */
  status?: number;
  /** Plaid's `request_id`, which its support asks for; absent where there was none. */
  requestId?: string;
  /**
   * How long the attempt took, in milliseconds. Cloudflare's clock stands still while code runs, so it counts
   * waiting only.
   */
  durationMs: number;
  /** In how many milliseconds the next attempt follows; absent when none does. */
  retryInMs?: number;
}

/** One call's own settings; each overrides the adapter's. */
export interface CallOptions {
  /**
   * Ends the call when it is aborted, at any moment: before, during or between attempts. The call then
   * rejects with the signal's own reason, as `fetch` does, and not with a {@link PlaidAdapterError}.
   *
   * @example
   * ```ts
   * await plaid.authRequest(accessToken, { signal: AbortSignal.timeout(60_000) });
   * ```
   */
  signal?: AbortSignal | undefined;

  /**
   * How many milliseconds one attempt may take, reading the answer's body included: a number from 1 to
   * 2,147,483,647.
   *
   * @defaultValue the adapter's {@link AdapterOptions.timeoutMs}
   */
  timeoutMs?: number | undefined;

  /**
   * How many more attempts may follow the first: a whole number from 0 to 100; 0 turns retries off.
   *
   * @defaultValue the adapter's {@link AdapterOptions.maxRetries}
   */
  maxRetries?: number | undefined;
}

/**
 * What Link shows and asks for. Every field is optional and falls back to its default.
 *
 * @see https://plaid.com/docs/api/link/#linktokencreate
 */
export interface LinkSettings {
  /**
   * Your application's name as Link shows it; Link shows at most 30 characters. Sent as `client_name`.
   *
   * @defaultValue "None"
   */
  clientName?: string | undefined;

  /**
   * Two-letter codes (ISO 3166-1) of the countries whose institutions are offered, at least one. Sent as
   * `country_codes`.
   *
   * @defaultValue ["US"]
   */
  countryCodes?: string[] | undefined;

  /**
   * Two-letter code (ISO 639-1) of Link's language. Sent as `language`.
   *
   * @defaultValue "en"
   */
  language?: string | undefined;

  /**
   * The Plaid products that the new Item is for, at least one. Sent as `products`, and left out in update mode.
   *
   * @defaultValue ["auth"]
   */
  products?: string[] | undefined;

  /**
   * The subtypes of depository accounts that may be linked, at least one. Sent as
   * `account_filters.depository.account_subtypes`, and left out in update mode.
   *
   * @defaultValue ["checking", "savings"]
   * @see https://plaid.com/docs/api/accounts/#account-type-schema
   */
  accountSubtypes?: string[] | undefined;
}

/* ───────────────────────────── the adapter ───────────────────────────── */

/**
 * Plaid's API with one client's credentials. Make one and share it: calls may run at the same time, and none
 * of them holds the adapter, so it may be reconfigured or freed meanwhile.
 *
 * Every request is a POST of JSON with the headers `PLAID-CLIENT-ID`, `PLAID-SECRET` and `Plaid-Version`
 * (2020-09-14). Redirects are not followed.
 *
 * @example
 * ```ts
 * import { PlaidAdapter } from "plaid-edge";
 *
 * export default {
 *   async fetch(request: Request, env: Env) {
 *     const plaid = new PlaidAdapter(env);
 *     return Response.json(await plaid.createLinkToken("user-1"));
 *   },
 * };
 * ```
 */
export class PlaidAdapter {
  /**
   * Reads the environment, and starts with the default {@link LinkSettings}. Nothing is sent.
   *
   * @param env `PLAID_CLIENT_ID`, `PLAID_SECRET`, and `PLAID_ENV` or `PLAID_BASE_URL`, as strings.
   * @param options Timeout, retries, and what to use instead of the global `fetch`.
   * @throws {@link PlaidAdapterConfigurationError} if something in either is missing or wrong; its `problems`
   * name everything at once.
   *
   * @example
   * ```ts
   * const plaid = new PlaidAdapter(env, { timeoutMs: 10_000, maxRetries: 1 });
   * ```
   */
  constructor(env: PlaidEnv, options?: AdapterOptions);

  /**
   * The same as the constructor, for an environment whose values are bindings to be fetched, such as
   * Cloudflare's Secrets Store. Plain strings are fine too.
   *
   * @param env As for the constructor; a value may be an object with `get(): Promise<string>`.
   * @param options As for the constructor.
   * @returns The adapter. Rejects with {@link PlaidAdapterConfigurationError} if something is missing or
   * wrong, or if a binding could not be read.
   *
   * @example
   * ```ts
   * const plaid = await PlaidAdapter.fromEnv(env);
   * ```
   */
  static fromEnv(env: PlaidEnv, options?: AdapterOptions): Promise<PlaidAdapter>;

  /**
   * Replaces all link settings: a field that is left out goes back to its default. Applies to the calls of
   * {@link createLinkToken} that follow, and not to those in flight.
   *
   * @param settings What Link shows and asks for; by default, the default {@link LinkSettings}.
   * @throws {@link PlaidAdapterConfigurationError} if a setting is wrong; its `problems` name everything at
   * once, and the settings stay as they were. After {@link free}, a {@link PlaidAdapterError} of kind
   * `"invalid_argument"`.
   *
   * @example
   * ```ts
   * plaid.initializePlaid({ clientName: "Acme", products: ["auth", "identity"] });
   * ```
   */
  initializePlaid(settings?: LinkSettings): void;

  /**
   * Makes a link token, with which your page opens Plaid Link. It sends the link settings and the user's id;
   * `overrides` changes or adds anything else.
   *
   * With `accessToken`, Link opens in update mode, which repairs an existing Item (after
   * `ITEM_LOGIN_REQUIRED`, say): `products` and `account_filters` are then left out.
   *
   * @param clientUserId Your own id of the user, stable and without personal data. Sent as
   * `user.client_user_id`.
   * @param options The call's settings, `accessToken` for update mode, and `overrides`.
   * @returns The answer: `link_token`; `expiration`, an ISO 8601 time (4 hours ahead, 30 minutes in update
   * mode); `request_id`. Rejects with {@link PlaidCreateLinkTokenError}, or
   * {@link PlaidApiInternalServerError} if Plaid answered 5xx: kind `"invalid_argument"` if an argument is
   * malformed, `"api"` if Plaid refused (`INVALID_FIELD`, `INVALID_PRODUCT`, `INVALID_ACCESS_TOKEN`, …), else
   * as {@link PlaidErrorKind} says.
   *
   * @example
   * ```ts
   * const { link_token } = await plaid.createLinkToken("user-1", {
   *   overrides: { webhook: "https://example.com/plaid-webhook" },
   * });
   * ```
   *
   * @see https://plaid.com/docs/api/link/#linktokencreate
   * @see https://plaid.com/docs/link/update-mode/
   */
  createLinkToken(
    clientUserId: string,
    options?: CallOptions & {
      /** The access token of the Item to repair: opens Link in update mode. */
      accessToken?: string | undefined;
      /**
       * Any further fields of the request, by their wire names (`webhook`, `redirect_uri`, …), laid over the
       * body that the settings give. `user` is merged key by key; every other field replaces what was there,
       * and one that is undefined removes it: `{ account_filters: undefined }` offers accounts of every type.
       * Values that Plaid lists may be written as plain strings: `products: ["auth"]`.
       */
      overrides?: LinkTokenOverrides | undefined;
    },
  ): Promise<LinkTokenCreateResponse>;

  /**
   * Exchanges the public token that Link gave your page for an access token, which never expires and must
   * stay on the server. A public token works once, within 30 minutes.
   *
   * @param publicToken From Link's `onSuccess`: `"public-sandbox-…"`.
   * @param options The call's settings.
   * @returns The answer: `access_token`, `item_id`, `request_id`. Rejects with
   * {@link PlaidExchangePublicTokenError}, or {@link PlaidApiInternalServerError} if Plaid answered 5xx: kind
   * `"invalid_argument"` if the token is no non-empty string, `"api"` if Plaid refused it
   * (`INVALID_PUBLIC_TOKEN`: unknown, used or expired), else as {@link PlaidErrorKind} says. If a retry is
   * refused with `INVALID_PUBLIC_TOKEN` after an attempt without an answer, that attempt has probably used
   * the token up: the message says so, and `cause` is the first failure. The user then has to link again.
   *
   * @example
   * ```ts
   * const { access_token, item_id } = await plaid.exchangePublicToken(publicToken);
   * ```
   *
   * @see https://plaid.com/docs/api/items/#itempublic_tokenexchange
   */
  exchangePublicToken(publicToken: string, options?: CallOptions): Promise<ItemPublicTokenExchangeResponse>;

  /**
   * Account and routing numbers of an Item's checking, savings and cash-management accounts.
   *
   * @param accessToken The Item's access token.
   * @param options The call's settings, and `accountIds`.
   * @returns The answer: `accounts` with cached balances (numbers, in units of their currency); `numbers` as
   * strings, whose leading zeros count, in `ach`, `eft`, `international` and `bacs`; `item`; `request_id`.
   * Rejects with {@link PlaidAuthError}, or {@link PlaidApiInternalServerError} if Plaid answered 5xx: kind
   * `"invalid_argument"` if an argument is malformed, `"api"` if Plaid refused (`ITEM_LOGIN_REQUIRED`,
   * `INVALID_ACCESS_TOKEN`, `INVALID_ACCOUNT_ID`, `NO_AUTH_ACCOUNTS`, `PRODUCT_NOT_READY`, …), else as
   * {@link PlaidErrorKind} says.
   *
   * @example
   * ```ts
   * const { numbers } = await plaid.authRequest(accessToken);
   * const { account, routing } = numbers.ach[0]!; // empty for an account that ACH does not reach
   * ```
   *
   * @see https://plaid.com/docs/api/products/auth/#authget
   */
  authRequest(
    accessToken: string,
    options?: CallOptions & {
      /** Only these accounts, by Plaid's `account_id`. Left out or empty: all accounts. */
      accountIds?: string[] | undefined;
    },
  ): Promise<AuthGetResponse>;

  /**
   * What the institution knows of the owners of an Item's accounts: names, e-mail addresses, phone numbers,
   * addresses.
   *
   * @param accessToken The Item's access token.
   * @param options The call's settings, and `accountIds`.
   * @returns The answer: `accounts`, each with `owners`; `item`; `request_id`. Several holders of one account
   * come as one owner with several names. Rejects with {@link PlaidIdentityError}, or
   * {@link PlaidApiInternalServerError} if Plaid answered 5xx: kind `"invalid_argument"` if an argument is
   * malformed, `"api"` if Plaid refused (`ITEM_LOGIN_REQUIRED`, `INVALID_ACCESS_TOKEN`, `INVALID_ACCOUNT_ID`,
   * `PRODUCTS_NOT_SUPPORTED`, …), else as {@link PlaidErrorKind} says.
   *
   * @example
   * ```ts
   * const { accounts } = await plaid.identityRequest(accessToken);
   * const names = accounts.flatMap(({ owners }) => owners.flatMap(({ names }) => names));
   * ```
   *
   * @see https://plaid.com/docs/api/products/identity/#identityget
   */
  identityRequest(
    accessToken: string,
    options?: CallOptions & {
      /** Only these accounts, by Plaid's `account_id`. Left out or empty: all accounts. */
      accountIds?: string[] | undefined;
    },
  ): Promise<IdentityGetResponse>;

  /**
   * One page of bank-transfer events, micro-deposits included: those after an event id, oldest first. Events
   * are your client's, not an Item's. {@link bankTransferEvents} goes through all pages.
   *
   * @param afterId The largest `event_id` seen so far, 0 at first: a whole number from 0 to 2^53 - 1, or a
   * bigint from 0 to 2^64 - 1. It is sent exactly.
   * @param options The call's settings, and `count`.
   * @returns The answer: `bank_transfer_events`, whose amounts are decimal strings ("12.34"); `request_id`.
   * There is no `has_more`: an empty page is the end. Event ids in it are JSON numbers, exact up to 2^53 - 1.
   * Rejects with {@link PlaidBankTransferSyncEventError}, or {@link PlaidApiInternalServerError} if Plaid
   * answered 5xx: kind `"invalid_argument"` if an argument is malformed, `"api"` if Plaid refused, else as
   * {@link PlaidErrorKind} says.
   *
   * @example
   * ```ts
   * const { bank_transfer_events } = await plaid.syncBankTransferEvent(0, { count: 25 });
   * ```
   *
   * @see https://plaid.com/docs/api/products/auth/#bank_transfereventsync
   */
  syncBankTransferEvent(
    afterId: number | bigint,
    options?: CallOptions & {
      /** How many events at most: a whole number from 1 to 25. Left out: Plaid's default, 25. */
      count?: number | undefined;
    },
  ): Promise<BankTransferEventSyncResponse>;

  /**
   * One page of transfer events: those after an event id, oldest first. This is the endpoint that Plaid
   * steers new users to. {@link transferEvents} goes through all pages.
   *
   * @param afterId The largest `event_id` seen so far, 0 at first: a whole number from 0 to 2^53 - 1, or a
   * bigint from 0 to 2^64 - 1. It is sent exactly.
   * @param options The call's settings, and `count`.
   * @returns The answer: `transfer_events`, whose amounts are decimal strings ("12.34"); `has_more`;
   * `request_id`. Event ids in it are JSON numbers, exact up to 2^53 - 1. Rejects with
   * {@link PlaidTransferSyncEventError}, or {@link PlaidApiInternalServerError} if Plaid answered 5xx: kind
   * `"invalid_argument"` if an argument is malformed, `"api"` if Plaid refused, else as
   * {@link PlaidErrorKind} says.
   *
   * @example
   * ```ts
   * const { transfer_events, has_more } = await plaid.syncTransferEvent(0);
   * ```
   *
   * @see https://plaid.com/docs/api/products/transfer/reading-transfers/#transfereventsync
   */
  syncTransferEvent(
    afterId: number | bigint,
    options?: CallOptions & {
      /** How many events at most: a whole number from 1 to 500. Left out: Plaid's default, 100. */
      count?: number | undefined;
    },
  ): Promise<TransferEventSyncResponse>;

  /**
   * Every bank-transfer event after `afterId`, oldest first; ends when Plaid has no more. One page is in
   * memory at a time, and the next is fetched only when it is needed; leaving the loop early sends nothing
   * more.
   *
   * To go on another day, or after a failure, start again from the `event_id` of the last event that you
   * handled.
   *
   * @param options The settings of each page's call; `afterId`, 0 by default; `count`, the size of a page.
   * @returns An async iterator. Reading it rejects as {@link syncBankTransferEvent} does, and with kind
   * `"bad_response"` at an event id beyond 2^53 - 1, which JavaScript's numbers do not hold exactly, rather
   * than skip events or repeat them. Wrong options are refused at the first `next()`. After a failure the next
   * `next()` goes on after the last event that was handed out; to go on later, keep that event's id and pass it
   * as `afterId`.
   *
   * @example
   * ```ts
   * for await (const event of plaid.bankTransferEvents({ afterId: cursor })) {
   *   await handle(event);
   *   cursor = event.event_id;
   * }
   * ```
   *
   * @see https://plaid.com/docs/api/products/auth/#bank_transfereventsync
   */
  bankTransferEvents(
    options?: CallOptions & {
      /**
       * The largest `event_id` seen so far: a whole number from 0 to 2^53 - 1, or a bigint from 0 to 2^64 -
       * 1. 0 by default.
       */
      afterId?: number | bigint | undefined;
      /** How many events a page has: a whole number from 1 to 25. Left out: Plaid's default, 25. */
      count?: number | undefined;
    },
  ): AsyncIterableIterator<BankTransferEvent>;

  /**
   * Every transfer event after `afterId`, oldest first; ends when Plaid has no more. One page is in memory at
   * a time, and the next is fetched only when it is needed; leaving the loop early sends nothing more.
   *
   * To go on another day, or after a failure, start again from the `event_id` of the last event that you
   * handled.
   *
   * @param options The settings of each page's call; `afterId`, 0 by default; `count`, the size of a page.
   * @returns An async iterator. Reading it rejects as {@link syncTransferEvent} does, and with kind
   * `"bad_response"` at an event id beyond 2^53 - 1, which JavaScript's numbers do not hold exactly, rather
   * than skip events or repeat them. Wrong options are refused at the first `next()`. After a failure the next
   * `next()` goes on after the last event that was handed out; to go on later, keep that event's id and pass it
   * as `afterId`.
   *
   * @example
   * ```ts
   * for await (const event of plaid.transferEvents({ afterId: cursor })) {
   *   await handle(event);
   *   cursor = event.event_id;
   * }
   * ```
   *
   * @see https://plaid.com/docs/api/products/transfer/reading-transfers/#transfereventsync
   */
  transferEvents(
    options?: CallOptions & {
      /**
       * The largest `event_id` seen so far: a whole number from 0 to 2^53 - 1, or a bigint from 0 to 2^64 -
       * 1. 0 by default.
       */
      afterId?: number | bigint | undefined;
      /** How many events a page has: a whole number from 1 to 500. Left out: Plaid's default, 100. */
      count?: number | undefined;
    },
  ): AsyncIterableIterator<TransferEvent>;

  /**
   * Any other Plaid endpoint, with the same credentials, retries, timeouts, errors and redaction.
   *
   * The types of `plaid-edge/endpoints` know all of Plaid's endpoints; without them, any object may be sent
   * and the answer is `any`. Endpoints that answer with a file (a PDF, say) are out of reach: only JSON
   * objects are taken.
   *
   * A path that ends in `/get`, `/list` or `/sync` is a read and is tried again as other calls are. Any other
   * is tried again after 429 only, since Plaid may have done its work although no answer came; setting
   * `maxRetries` in `options` says that it may be sent twice.
   *
   * @typeParam E The endpoint's types: `PlaidEndpoints["/transactions/sync"]`.
   * @param path Plaid's path, starting with `/`: `"/transactions/sync"`. It cannot lead to another host.
   * @param body The request in its wire format, without credentials; `{}` by default.
   * @param options The call's settings.
   * @returns The answer's JSON. Rejects with {@link PlaidAdapterError} itself, or
   * {@link PlaidApiInternalServerError} if Plaid answered 5xx: kind `"invalid_argument"` if the path is
   * malformed or the body is no object that JSON can carry, `"api"` if Plaid refused, else as
   * {@link PlaidErrorKind} says.
   *
   * @example
   * ```ts
   * import type { PlaidEndpoints } from "plaid-edge/endpoints";
   *
   * const { added, next_cursor } = await plaid.request<PlaidEndpoints["/transactions/sync"]>("/transactions/sync", {
   *   access_token: accessToken,
   * });
   * ```
   *
   * @see https://plaid.com/docs/api/
   */
  request<E extends { request: object; response: unknown } = { request: object; response: any }>(
    path: string,
    body?: E["request"],
    options?: CallOptions,
  ): Promise<E["response"]>;

  /**
   * Checks that a webhook was sent by Plaid, unchanged and lately, and gives its payload.
   *
   * Pass the `Request` as it came, or its raw body and headers. Plaid signs the bytes of the body, so a
   * parsed body is of no use and is refused. The key that signed it is fetched from Plaid once and kept for
   * up to a day; the signature is ES256 and nothing else; the body may have at most 1 MiB. Nothing is fetched
   * for a webhook that fails without it.
   *
   * Plaid expects HTTP 200 within 10 seconds, and may send the same webhook again.
   *
   * @param webhook The `Request`, whose body is then used up; or the raw `body`, as text or bytes, and the
   * `headers`, of which `Plaid-Verification` is read in any case.
   * @param options The settings of the call that fetches a key, and `toleranceSeconds`.
   * @returns The payload. Rejects with {@link PlaidWebhookVerificationError}: kind `"webhook"` means that the
   * webhook itself is bad, and `reason` says in what; answer it with 400. If Plaid could not be asked for the
   * key, `reason` is `"unknown_key"` and the kind is that failure's (`"network"`, `"timeout"`,
   * `"rate_limit"`, `"api"`, …); answer 503, so that Plaid sends it again. Kind `"invalid_argument"`: the
   * method was called with something else. Rejects with {@link PlaidApiInternalServerError} if Plaid answered
   * the call for the key with 5xx.
   *
   * @example
   * ```ts
   * const { webhook_type, webhook_code, item_id } = await plaid.verifyWebhook(request);
   *
   * // With the payload's type, from plaid-edge/endpoints:
   * const { error } = await plaid.verifyWebhook<ItemErrorWebhook>(request);
   *
   * // With Express, after app.use(express.raw({ type: "application/json" })):
   * const payload = await plaid.verifyWebhook({ body: req.body, headers: req.headers });
   * ```
   *
   * @see https://plaid.com/docs/api/webhooks/webhook-verification/
   */
  verifyWebhook<W extends { webhook_type: string; webhook_code: string } = PlaidWebhook>(
    webhook:
      | Request
      | {
          /** The body exactly as it was received: text or bytes, not parsed. */
          body: string | Uint8Array;
          /** The request's headers, their names in any case: Node's will do. Only `Plaid-Verification` is read. */
          headers: Headers | Record<string, string | string[] | undefined>;
        },
    options?: CallOptions & {
      /**
       * How far the time of signing may be from now, in the past and in the future: a number of seconds from
       * 0 to 31,536,000 (a year). 300 by default.
       */
      toleranceSeconds?: number | undefined;
    },
  ): Promise<W>;

  /**
   * Gives up the credentials at once. Calls in flight end as usual. Afterwards {@link initializePlaid} throws,
   * and every asynchronous method rejects with, a {@link PlaidAdapterError} of kind `"invalid_argument"`.
   * Freeing twice does no harm; an adapter that is never freed is collected like any other object.
   *
   * @example
   * ```ts
   * plaid.free();
   * ```
   */
  free(): void;

  /**
   * The same as {@link free}, called at the end of the block by `using`.
   *
   * @example
   * ```ts
   * using plaid = new PlaidAdapter(env);
   * ```
   */
  [Symbol.dispose](): void;
}

/* ───────────────────────────── errors ───────────────────────────── */

/**
 * What happened, whatever the operation was.
 *
 * | kind | meaning |
 * | --- | --- |
 * | `"configuration"` | The environment or the settings are wrong; nothing was sent. |
 * | `"invalid_argument"` | An argument is missing or malformed, or the adapter was freed; nothing was sent. |
 * | `"api"` | Plaid answered 4xx: see `errorCode`. |
 * | `"rate_limit"` | Plaid answered 429, or 429 still after the retries. |
 * | `"server"` | Plaid answered 5xx. |
 * | `"network"` | No answer: `fetch` rejected. |
 * | `"timeout"` | No complete answer within `timeoutMs`. |
 * | `"bad_response"` | An answer that is no Plaid answer: a redirect, or a 2xx that is not a JSON object. |
 * | `"webhook"` | A webhook failed verification. |
 */
export type PlaidErrorKind =
  | "configuration"
  | "invalid_argument"
  | "api"
  | "rate_limit"
  | "server"
  | "network"
  | "timeout"
  | "bad_response"
  | "webhook";

/**
 * Base of every error that the package throws. The class says which operation failed, `kind` says what
 * happened, and the fields of Plaid's answer say why. An aborted call is the one exception: it rejects with
 * the signal's own reason, as `fetch` does.
 *
 * Credentials and tokens of the call appear in no field, message, stack or cause.
 *
 * @example
 * ```ts
 * try {
 *   await plaid.authRequest(accessToken);
 * } catch (error) {
 *   if (error instanceof PlaidAdapterError && error.errorCode === "ITEM_LOGIN_REQUIRED") return repair(accessToken);
 *   throw error;
 * }
 * ```
 *
 * @see https://plaid.com/docs/errors/
 */
export class PlaidAdapterError extends Error {
  /** What happened. Present always. */
  readonly kind: PlaidErrorKind;
  /** Plaid's path, `"/auth/get"`; absent where no endpoint was meant, as in the constructor. */
  readonly endpoint?: string;
  /** The HTTP status of the last answer; absent where there was none. */
  readonly status?: number;
  /** Plaid's `request_id` of the last answer, which its support asks for; absent where there was none. */
  readonly requestId?: string;
  /**
   * Plaid's `error_type`: `"ITEM_ERROR"`. Any string, since the list is open; absent where Plaid gave none.
   */
  readonly errorType?: string;
  /**
   * Plaid's `error_code`: `"ITEM_LOGIN_REQUIRED"`. Any string, since the list is open; absent where Plaid
   * gave none.
   */
  readonly errorCode?: string;
  /** Plaid's `error_message`, for developers; its wording may change. */
  readonly errorMessage?: string;
  /**
   * Plaid's `display_message`, fit to be shown to the user; null if the error has nothing to do with them.
   */
  readonly displayMessage?: string | null;
  /** Plaid's page on the error, from `documentation_url`. */
  readonly documentationUrl?: string;
  /** Plaid's `suggested_action`, for developers; null if it has none. */
  readonly suggestedAction?: string | null;
  /**
   * The last answer's body as text, credentials and tokens of the call redacted, cut at 16,384 characters.
   */
  readonly errorDetails?: string;
  /** How many requests were sent; 0 if the call failed before that. */
  readonly attempts: number;
  /**
   * Whether the same call is worth trying again later, unchanged: true for network failures, timeouts, 429
   * (but not `CREDITS_EXHAUSTED`), 500, 502, 503 and 504, and for the codes `INSTITUTION_DOWN`,
   * `INSTITUTION_NOT_RESPONDING`, `INSTITUTION_NOT_AVAILABLE` and `PRODUCT_NOT_READY`.
   */
  readonly retryable: boolean;
  /**
   * How long Plaid asked to wait, in milliseconds, from its `Retry-After` header; absent where it did not
   * ask.
   */
  readonly retryAfterMs?: number;
  /** The original failure where there is one, such as what `fetch` rejected with; its text is redacted. */
  readonly cause?: unknown;
  /**
   * The error's name, message and fields, without stack and cause: what `JSON.stringify` shows and logs can
   * take.
   */
  toJSON(): object;
}

/**
 * The environment or the settings are wrong: thrown by the constructor and `initializePlaid`, rejected with
 * by `fromEnv`.
 */
export class PlaidAdapterConfigurationError extends PlaidAdapterError {
  /**
   * Every problem that was found, a sentence each, naming the key or field. No value of a secret is among
   * them.
   */
  readonly problems: string[];
}

/** {@link PlaidAdapter.createLinkToken} failed, other than with 5xx. */
export class PlaidCreateLinkTokenError extends PlaidAdapterError {}

/** {@link PlaidAdapter.exchangePublicToken} failed, other than with 5xx. */
export class PlaidExchangePublicTokenError extends PlaidAdapterError {}

/** {@link PlaidAdapter.authRequest} failed, other than with 5xx. */
export class PlaidAuthError extends PlaidAdapterError {}

/** {@link PlaidAdapter.identityRequest} failed, other than with 5xx. */
export class PlaidIdentityError extends PlaidAdapterError {}

/**
 * {@link PlaidAdapter.syncBankTransferEvent} or {@link PlaidAdapter.bankTransferEvents} failed, other than
 * with 5xx.
 */
export class PlaidBankTransferSyncEventError extends PlaidAdapterError {}

/**
 * {@link PlaidAdapter.syncTransferEvent} or {@link PlaidAdapter.transferEvents} failed, other than with 5xx.
 */
export class PlaidTransferSyncEventError extends PlaidAdapterError {}

/** The last answer of any call was 5xx; `kind` is `"server"`. */
export class PlaidApiInternalServerError extends PlaidAdapterError {}

/**
 * {@link PlaidAdapter.verifyWebhook} did not accept a webhook. With kind `"webhook"` the webhook itself is
 * bad; with another kind, it could not be checked.
 *
 * @see https://plaid.com/docs/api/webhooks/webhook-verification/
 */
export class PlaidWebhookVerificationError extends PlaidAdapterError {
  /**
   * Which check failed.
   *
   * | reason | meaning |
   * | --- | --- |
   * | `"missing_header"` | There is no `Plaid-Verification` header. |
   * | `"malformed_token"` | The header is no signed token as Plaid makes them. |
   * | `"wrong_algorithm"` | The token is not signed with ES256. |
   * | `"unknown_key"` | Plaid has no such key, which is also so for a key of its other environment; or it could not be asked. |
   * | `"expired_key"` | Plaid has retired the key. |
   * | `"bad_signature"` | The key did not sign this token. |
   * | `"stale"` | It was signed too long ago, or too far in the future. |
   * | `"body_mismatch"` | The body is not the one that was signed, to the byte. |
   * | `"body_too_large"` | The body has more than 1 MiB. |
   * | `"malformed_body"` | The body is not raw, or not a webhook's JSON; or an argument is malformed. |
   */
  readonly reason:
    | "missing_header"
    | "malformed_token"
    | "wrong_algorithm"
    | "unknown_key"
    | "expired_key"
    | "bad_signature"
    | "stale"
    | "body_mismatch"
    | "body_too_large"
    | "malformed_body";
}

/* ───────────────────────────── webhooks ───────────────────────────── */

/**
 * A webhook's payload, as Plaid sent it. Which further fields it has depends on the two that are always
 * there, whose lists are open. The types of `plaid-edge/endpoints` describe many, to be named in the call:
 * `verifyWebhook<ItemErrorWebhook>(request)`.
 *
 * @see https://plaid.com/docs/api/webhooks/
 */
export type PlaidWebhook = {
  /** What it is about: `"ITEM"`, `"AUTH"`, `"BANK_TRANSFERS"`, … */
  webhook_type: string;
  /** What happened: `"ERROR"`, `"LOGIN_REPAIRED"`, … */
  webhook_code: string;
  /** The payload's other fields, `item_id` for example, in their wire format. */
  [field: string]: unknown;
};

/* ───────────────────────────── not exported ───────────────────────────── */

/**
 * `T` as it may be sent: an enum's values may be written as plain strings, since there is no enum to import
 * here.
 */
type Sent<T> = T extends string ? T | `${T}` : T extends object ? { [K in keyof T]: Sent<T[K]> } : T;

/**
 * What may be laid over the body of /link/token/create. `user` is merged key by key, so it need not be whole.
 */
type LinkTokenOverrides = Sent<Partial<Omit<LinkTokenCreateRequest, "user">>> & {
  user?: Sent<Partial<NonNullable<LinkTokenCreateRequest["user"]>>>;
};

// The web types of the platform at hand, whose declarations may be TypeScript's "dom",
// @cloudflare/workers-types, @types/node or another's. Reached through globalThis, they are no error for a
// program that has none of these, and never `any`. Where they are classes, as Headers in Workers, globalThis
// does not show them, hence the way through Request and fetch.
type Request = typeof globalThis extends { Request: { prototype: infer T } } ? T : never;
type Response = typeof globalThis extends { Response: { prototype: infer T } } ? T : object;
type Headers = Request["headers"];
type AbortSignal = Request["signal"];
type FetchInput = typeof globalThis extends { fetch(input: infer T, init?: any): unknown } ? T : string;
type RequestInit = typeof globalThis extends { fetch(input: any, init?: infer T): unknown }
  ? NonNullable<T>
  : object;
