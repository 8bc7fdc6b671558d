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
 * Request and response bodies keep Plaid's snake_case names: they are the JSON that is sent and received,
 * unchanged, and have the types of Plaid's official package. Depending on the field, money is a decimal
 * string ("12.34") or a number in units of the currency; times in bodies are ISO 8601 strings. The package's
 * own names are camelCase, and its times are in milliseconds unless the name says otherwise.
 *
 * Asynchronous methods never throw: an invalid call rejects its promise. The one exception is a method called
 * without its adapter (`const { authRequest } = plaid`).
 *
 * @packageDocumentation
 */

import type {
  AccountBase,
  AuthGetResponse,
  BankTransferEvent,
  BankTransferEventSyncResponse,
  CountryCode,
  DepositoryAccountSubtype,
  IdentityGetResponse,
  ItemPublicTokenExchangeResponse,
  Known,
  LinkTokenCreateRequest,
  LinkTokenCreateResponse,
  PlaidEndpoints,
  PlaidErrorType,
  PlaidFilePath,
  PlaidWebhook,
  Products,
  RemovedTransaction,
  Transaction,
  TransactionsSyncRequest,
  TransactionsUpdateStatus,
  TransferEvent,
  TransferEventSyncResponse,
  UnlistedWebhook,
} from "./endpoints.js";

export type {
  AccountBase,
  AuthGetResponse,
  BankTransferEvent,
  BankTransferEventSyncResponse,
  CountryCode,
  DepositoryAccountSubtype,
  IdentityGetResponse,
  ItemPublicTokenExchangeResponse,
  Known,
  LinkTokenCreateRequest,
  LinkTokenCreateResponse,
  PlaidEndpoints,
  PlaidErrorType,
  PlaidFilePath,
  PlaidWebhook,
  Products,
  RemovedTransaction,
  Transaction,
  TransactionsSyncRequest,
  TransactionsUpdateStatus,
  TransferEvent,
  TransferEventSyncResponse,
  UnlistedWebhook,
};

/* ───────────────────────────── configuration ───────────────────────────── */

/**
 * A value in the environment: a plain string, or a binding whose value must be fetched, such as one from
 * Cloudflare's Secrets Store. Bindings require {@link PlaidAdapter.fromEnv}, because the constructor can't
 * wait.
 */
export type EnvValue<T extends string = string> =
  | T
  | {
      /** Returns the value. */
      get(): Promise<string>;
    };

/**
 * What the adapter reads from the environment. Pass a Worker's `env` or Node's `process.env` as it is: no
 * other key is read. Whitespace around a value is removed.
 *
 * @example
 * ```ts
 * const env: PlaidEnv = { PLAID_CLIENT_ID: "…", PLAID_SECRET: "…", PLAID_ENV: "sandbox" };
 * ```
 */
export interface PlaidEnv {
  /**
   * Your client ID, from Plaid's dashboard. Required. Sent as the header `PLAID-CLIENT-ID`.
   *
   * @see https://dashboard.plaid.com/developers/keys
   */
  PLAID_CLIENT_ID?: EnvValue | undefined;

  /**
   * Your secret for the environment in use, from Plaid's dashboard. Required. Sent as the header
   * `PLAID-SECRET`; it never appears in an error or event of this package.
   *
   * @see https://dashboard.plaid.com/developers/keys
   */
  PLAID_SECRET?: EnvValue | undefined;

  /**
   * `"sandbox"`, `"production"` or `"development"`, in any case. Selects the Plaid host. Required unless
   * `PLAID_BASE_URL` is set. Plaid shut down its development environment in June 2024.
   *
   * @see https://plaid.com/docs/api/#api-host
   */
  PLAID_ENV?: EnvValue<Known<"sandbox" | "production" | "development">> | undefined;

  /**
   * Replaces the host that `PLAID_ENV` selects, for example with a proxy or the local sandbox. An https URL,
   * or http on loopback (`localhost`, `127.0.0.1`, `[::1]`), without credentials, query or fragment. With
   * `PLAID_ENV` set to `"sandbox"`, http is also allowed for a host without a dot, such as a Compose service
   * (`http://plaid:8791`).
   */
  PLAID_BASE_URL?: EnvValue | undefined;

  /** Accepted because older configurations contain it; never used. */
  PLAID_PUBLIC_KEY?: EnvValue | undefined;
}

/** Options of the adapter. Each call can override `timeoutMs` and `maxRetries`. */
export interface AdapterOptions {
  /**
   * Used for every request instead of the global `fetch`: for a service binding, a proxy, a sandbox, or a test
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
   * Milliseconds allowed for each attempt, including reading the response body: a number from 1 to
   * 2,147,483,647. A call with retries may take longer in total.
   *
   * @defaultValue 30_000
   */
  timeoutMs?: number | undefined;

  /**
   * Maximum number of retries: an integer from 0 to 100; 0 turns retries off.
   *
   * Network failures, timeouts, and the statuses 429 (except `CREDITS_EXHAUSTED`), 500, 502, 503, and 504 are
   * retried. The delay doubles from 0.5 s to at most 8 s, less a random part of up to half of it. A
   * `Retry-After` header of up to 60 s replaces it, and a longer one ends the retries. The adapter's named
   * methods are safe to retry; {@link PlaidAdapter.request} describes what applies to other endpoints.
   *
   * @defaultValue 2
   */
  maxRetries?: number | undefined;

  /**
   * Called after every attempt, for logs and metrics. It never receives a body or a credential. Whatever it
   * throws is ignored, and whatever it returns is not awaited.
   *
   * @example
   * ```ts
   * const onAttempt = ({ endpoint, outcome, durationMs }: Attempt) => console.log(endpoint, outcome, durationMs);
   * ```
   */
  onAttempt?: ((attempt: Attempt) => void) | undefined;
}

/** One attempt of a call, as passed to {@link AdapterOptions.onAttempt}. */
export interface Attempt {
  /** Plaid's path: `"/auth/get"`. */
  endpoint: string;
  /** The number of the attempt within its call: 1, 2, … */
  attempt: number;
  /** `"ok"`, or the kind of failure. */
  outcome: "ok" | PlaidErrorKind;
  /** The response's HTTP status; absent if there was no response. */
  status?: number;
  /** Plaid's `request_id`, which Plaid's support will ask for; absent if there was none. */
  requestId?: string;
  /**
   * Duration of the attempt in milliseconds. On Cloudflare, it counts only time spent waiting, because the
   * clock stands still while code runs.
   */
  durationMs: number;
  /** Milliseconds until the next attempt; absent if none follows. */
  retryInMs?: number;
}

/** Options of a call; each overrides the adapter's. */
export interface CallOptions {
  /**
   * Ends the call when aborted: before, during or between attempts. The call then rejects with the signal's
   * own reason, as `fetch` does, and not with a {@link PlaidAdapterError}.
   *
   * @example
   * ```ts
   * await plaid.authRequest(accessToken, { signal: AbortSignal.timeout(60_000) });
   * ```
   */
  signal?: AbortSignal | undefined;

  /**
   * Milliseconds allowed for each attempt, including reading the response body: a number from 1 to
   * 2,147,483,647.
   *
   * @defaultValue the adapter's {@link AdapterOptions.timeoutMs}
   */
  timeoutMs?: number | undefined;

  /**
   * Maximum number of retries: an integer from 0 to 100; 0 turns retries off.
   *
   * @defaultValue the adapter's {@link AdapterOptions.maxRetries}
   */
  maxRetries?: number | undefined;
}

/**
 * Plaid Link's settings. Every field is optional and has a default.
 *
 * @see https://plaid.com/docs/api/link/#linktokencreate
 */
export interface LinkSettings {
  /**
   * Your application's name in Link; Link shows at most 30 characters. Sent as `client_name`.
   *
   * @defaultValue "None"
   */
  clientName?: string | undefined;

  /**
   * Two-letter codes (ISO 3166-1) of the countries whose institutions Link shows, at least one. Sent as
   * `country_codes`.
   *
   * @defaultValue ["US"]
   */
  countryCodes?: CountryCode[] | undefined;

  /**
   * Two-letter code (ISO 639-1) of Link's language. Sent as `language`.
   *
   * @defaultValue "en"
   */
  language?: LinkLanguage | undefined;

  /**
   * The Plaid products to use the new Item with, at least one. Sent as `products`, and left out in update
   * mode.
   *
   * @defaultValue ["auth"]
   */
  products?: Products[] | undefined;

  /**
   * The subtypes of depository accounts that may be linked, at least one. Sent as
   * `account_filters.depository.account_subtypes`, and left out in update mode.
   *
   * @defaultValue ["checking", "savings"]
   * @see https://plaid.com/docs/api/accounts/#account-type-schema
   */
  accountSubtypes?: DepositoryAccountSubtype[] | undefined;
}

/** The languages that Link supports, by two-letter code. */
export type LinkLanguage = Known<
  | "da"
  | "nl"
  | "en"
  | "et"
  | "fr"
  | "de"
  | "hi"
  | "it"
  | "lv"
  | "lt"
  | "no"
  | "pl"
  | "pt"
  | "ro"
  | "es"
  | "sv"
  | "vi"
>;

/* ───────────────────────────── the adapter ───────────────────────────── */

/**
 * A client for Plaid's API, with one set of credentials. You can share one or create one per request. Calls may
 * run concurrently, and you may change settings or free the adapter while calls are in flight.
 *
 * Every request is a POST with a JSON body and the headers `PLAID-CLIENT-ID`, `PLAID-SECRET` and `Plaid-Version`
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
   * Reads the environment, and uses the default {@link LinkSettings}. Sends nothing.
   *
   * @param env `PLAID_CLIENT_ID`, `PLAID_SECRET`, and `PLAID_ENV` or `PLAID_BASE_URL`, as strings.
   * @param options Timeout, retries, and a replacement for the global `fetch`.
   * @throws {@link PlaidAdapterConfigurationError} if a value is missing or invalid; its `problems` list all
   * of them.
   *
   * @example
   * ```ts
   * const plaid = new PlaidAdapter(env, { timeoutMs: 10_000, maxRetries: 1 });
   * ```
   */
  constructor(env: PlaidEnv, options?: AdapterOptions);

  /**
   * Like the constructor, but for an environment with bindings whose values must be fetched, such as those of
   * Cloudflare's Secrets Store. Plain strings are allowed too.
   *
   * @param env As for the constructor; a value may be an object with `get(): Promise<string>`.
   * @param options As for the constructor.
   * @returns The adapter. Rejects with {@link PlaidAdapterConfigurationError} if a value is missing or
   * invalid, or if a binding can't be read.
   *
   * @example
   * ```ts
   * const plaid = await PlaidAdapter.fromEnv(env);
   * ```
   */
  static fromEnv(env: PlaidEnv, options?: AdapterOptions): Promise<PlaidAdapter>;

  /**
   * Replaces all link settings: a field you leave out returns to its default. Applies to later calls of
   * {@link createLinkToken}, not to those in flight.
   *
   * @param settings Link's settings; if left out, all defaults.
   * @throws {@link PlaidAdapterConfigurationError} if a setting is invalid; its `problems` list all of them,
   * and the settings stay as they were. After {@link free}, a {@link PlaidAdapterError} of kind
   * `"invalid_argument"`.
   *
   * @example
   * ```ts
   * plaid.initializePlaid({ clientName: "Acme", products: ["auth", "identity"] });
   * ```
   */
  initializePlaid(settings?: LinkSettings): void;

  /**
   * Creates a link token, which your page needs to open Plaid Link. The body contains the link settings and the
   * user's ID; `overrides` changes or adds any other field.
   *
   * With `accessToken`, Link opens in update mode, which repairs an existing Item (for example after
   * `ITEM_LOGIN_REQUIRED`). `products` and `account_filters` are then left out.
   *
   * @param clientUserId Your own ID for the user, stable and without personal data. Sent as
   * `user.client_user_id`.
   * @param options The call's options, `accessToken` for update mode, and `overrides`.
   * @returns The response: `link_token`; `expiration`, an ISO 8601 time (4 hours from now, 30 minutes in
   * update mode); `request_id`. Rejects with {@link PlaidCreateLinkTokenError}, or
   * {@link PlaidApiInternalServerError} if Plaid responded with 5xx: kind `"invalid_argument"` if an argument is
   * invalid, `"api"` if Plaid rejected the request (`INVALID_FIELD`, `INVALID_PRODUCT`,
   * `INVALID_ACCESS_TOKEN`, …); for the others, see {@link PlaidErrorKind}.
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
       * Any further fields of the request, by their wire names (`webhook`, `redirect_uri`, …), merged over
       * the body made from the settings. `user` is merged key by key; every other field replaces the existing
       * one, and `undefined` removes it: `{ account_filters: undefined }` allows accounts of every type.
       */
      overrides?: LinkTokenOverrides | undefined;
    },
  ): Promise<LinkTokenCreateResponse>;

  /**
   * Exchanges the public token that your page got from Link for an access token, which does not expire and must
   * stay on the server. A public token can be used once, within 30 minutes.
   *
   * @param publicToken From Link's `onSuccess`: `"public-sandbox-…"`.
   * @param options The call's options.
   * @returns The response: `access_token`, `item_id`, `request_id`. Rejects with
   * {@link PlaidExchangePublicTokenError}, or {@link PlaidApiInternalServerError} if Plaid responded with 5xx:
   * kind `"invalid_argument"` if the token is not a non-empty string, `"api"` if Plaid rejected it
   * (`INVALID_PUBLIC_TOKEN`: unknown, used or expired); for the others, see {@link PlaidErrorKind}. If a retry
   * is rejected with `INVALID_PUBLIC_TOKEN` after an attempt without a response, that attempt has probably
   * used up the token: the message says so, and `cause` is the first failure. The user must then link again.
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
   * Gets the account and routing numbers of an Item's checking, savings and cash-management accounts.
   *
   * @param accessToken The Item's access token.
   * @param options The call's options, and `accountIds`.
   * @returns The response: `accounts` with cached balances (numbers, in units of their currency); `numbers`
   * as strings, which keep leading zeros, in `ach`, `eft`, `international` and `bacs`; `item`; `request_id`.
   * Rejects with {@link PlaidAuthError}, or {@link PlaidApiInternalServerError} if Plaid responded with 5xx: kind
   * `"invalid_argument"` if an argument is invalid, `"api"` if Plaid rejected the request
   * (`ITEM_LOGIN_REQUIRED`, `INVALID_ACCESS_TOKEN`, `INVALID_ACCOUNT_ID`, `NO_AUTH_ACCOUNTS`,
   * `PRODUCT_NOT_READY`, …); for the others, see {@link PlaidErrorKind}.
   *
   * @example
   * ```ts
   * const { numbers } = await plaid.authRequest(accessToken);
   * const ach = numbers.ach[0]; // undefined for an account without ACH
   * ```
   *
   * @see https://plaid.com/docs/api/products/auth/#authget
   */
  authRequest(
    accessToken: string,
    options?: CallOptions & {
      /** Only these accounts, by Plaid's `account_id`. If left out or empty, all accounts. */
      accountIds?: string[] | undefined;
    },
  ): Promise<AuthGetResponse>;

  /**
   * Gets what the institution knows about the owners of an Item's accounts: names, email addresses, phone
   * numbers, and addresses.
   *
   * @param accessToken The Item's access token.
   * @param options The call's options, and `accountIds`.
   * @returns The response: `accounts`, each with `owners`; `item`; `request_id`. Joint holders of an
   * account appear as one owner with several names. Rejects with {@link PlaidIdentityError}, or
   * {@link PlaidApiInternalServerError} if Plaid responded with 5xx: kind `"invalid_argument"` if an argument is
   * invalid, `"api"` if Plaid rejected the request (`ITEM_LOGIN_REQUIRED`, `INVALID_ACCESS_TOKEN`,
   * `INVALID_ACCOUNT_ID`, `PRODUCTS_NOT_SUPPORTED`, …); for the others, see {@link PlaidErrorKind}.
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
      /** Only these accounts, by Plaid's `account_id`. If left out or empty, all accounts. */
      accountIds?: string[] | undefined;
    },
  ): Promise<IdentityGetResponse>;

  /**
   * Gets one page of bank-transfer events, including those of micro-deposits: the events after an event ID,
   * oldest first. They belong to your client, not to an Item. {@link bankTransferEvents} reads all pages. Bank
   * Transfer is a legacy product that Plaid offers to some clients only; Transfer succeeds it.
   *
   * @param afterId The largest `event_id` seen so far, 0 at first: an integer from 0 to 2^53 - 1, or a bigint
   * from 0 to 2^64 - 1. Sent exactly.
   * @param options The call's options, and `count`.
   * @returns The response: `bank_transfer_events`, whose amounts are decimal strings ("12.34"); `request_id`.
   * There is no `has_more`: an empty page is the end. Event IDs are JSON numbers, exact up to 2^53 - 1.
   * Rejects with {@link PlaidBankTransferSyncEventError}, or {@link PlaidApiInternalServerError} if Plaid
   * responded 5xx: kind `"invalid_argument"` if an argument is invalid, `"api"` if Plaid rejected the request;
   * for the others, see {@link PlaidErrorKind}.
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
      /** Maximum number of events: an integer from 1 to 25. If left out, Plaid's default of 25. */
      count?: number | undefined;
    },
  ): Promise<BankTransferEventSyncResponse>;

  /**
   * Gets one page of transfer events: those after an event ID, oldest first. {@link transferEvents} reads all
   * pages.
   *
   * @param afterId The largest `event_id` seen so far, 0 at first: an integer from 0 to 2^53 - 1, or a bigint
   * from 0 to 2^64 - 1. Sent exactly.
   * @param options The call's options, and `count`.
   * @returns The response: `transfer_events`, whose amounts are decimal strings ("12.34"); `has_more`;
   * `request_id`. Event IDs are JSON numbers, exact up to 2^53 - 1. Rejects with
   * {@link PlaidTransferSyncEventError}, or {@link PlaidApiInternalServerError} if Plaid responded with 5xx: kind
   * `"invalid_argument"` if an argument is invalid, `"api"` if Plaid rejected the request; for the others see
   * {@link PlaidErrorKind}.
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
      /** Maximum number of events: an integer from 1 to 500. If left out, Plaid's default of 100. */
      count?: number | undefined;
    },
  ): Promise<TransferEventSyncResponse>;

  /**
   * Iterates over every bank-transfer event after `afterId`, oldest first, and ends when Plaid has no more. Only
   * one page is in memory at a time, and the next one is requested only when needed. Leaving the loop early
   * sends nothing more.
   *
   * To continue later, or after a failure, start from the `event_id` of the last event you handled.
   *
   * @param options Options for each page's call; `afterId`, 0 by default; `count`, the size of a page.
   * @returns An async iterator. It rejects as {@link syncBankTransferEvent} does, and with kind
   * `"bad_response"` at an event ID above 2^53 - 1, which a JavaScript number can't hold exactly. Invalid
   * options are rejected by the first `next()`. After a failure, the next `next()` continues after the last
   * event it returned; to continue later, keep that event's ID and pass it as `afterId`.
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
       * The largest `event_id` seen so far: an integer from 0 to 2^53 - 1, or a bigint from 0 to 2^64 - 1.
       * Default 0.
       */
      afterId?: number | bigint | undefined;
      /** Events per page: an integer from 1 to 25. If left out, Plaid's default of 25. */
      count?: number | undefined;
    },
  ): AsyncIterableIterator<BankTransferEvent>;

  /**
   * Iterates over every transfer event after `afterId`, oldest first, and ends when Plaid has no more. Only one
   * page is in memory at a time, and the next one is requested only when needed. Leaving the loop early sends
   * nothing more.
   *
   * To continue later, or after a failure, start from the `event_id` of the last event you handled.
   *
   * @param options Options for each page's call; `afterId`, 0 by default; `count`, the size of a page.
   * @returns An async iterator. It rejects as {@link syncTransferEvent} does, and with kind
   * `"bad_response"` at an event ID above 2^53 - 1, which a JavaScript number can't hold exactly. Invalid
   * options are rejected by the first `next()`. After a failure, the next `next()` continues after the last
   * event it returned; to continue later, keep that event's ID and pass it as `afterId`.
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
       * The largest `event_id` seen so far: an integer from 0 to 2^53 - 1, or a bigint from 0 to 2^64 - 1.
       * Default 0.
       */
      afterId?: number | bigint | undefined;
      /** Events per page: an integer from 1 to 500. If left out, Plaid's default of 100. */
      count?: number | undefined;
    },
  ): AsyncIterableIterator<TransferEvent>;

  /**
   * Gets everything that changed in an Item's transactions since `cursor`, or all of them without one. It reads
   * all pages of `/transactions/sync`, and returns them as one result. If Plaid reports that the data changed
   * in the meantime (`TRANSACTIONS_SYNC_MUTATION_DURING_PAGINATION`), it starts over at `cursor`, up to three
   * times.
   *
   * Store the changes and `next_cursor` in one database transaction, so that no change is lost or applied
   * twice. The webhook `SYNC_UPDATES_AVAILABLE` tells you when to call it. An Item that is not ready yet has
   * no transactions, and `next_cursor` is `""`; call again later without a cursor.
   *
   * @param accessToken The Item's access token.
   * @param options Options for each page's call, `cursor`, `count`, and `options`.
   * @returns The changes: `added` and `modified` transactions, `removed` ones by id, the `accounts` they
   * belong to; `transactions_update_status`; `next_cursor`, for the next call; the last page's `request_id`.
   * Amounts are numbers in units of their currency; positive means money out of the account. Rejects with
   * {@link PlaidTransactionsSyncError}, or {@link PlaidApiInternalServerError} if Plaid responded with 5xx: kind
   * `"invalid_argument"` if an argument is invalid, `"api"` if Plaid rejected the request
   * (`ITEM_LOGIN_REQUIRED`, `INVALID_FIELD` for a cursor of another Item, …) or the data changed during every
   * attempt; for the others, see {@link PlaidErrorKind}. Nothing is lost: call again with the same cursor.
   *
   * @example
   * ```ts
   * const { added, modified, removed, next_cursor } = await plaid.syncTransactions(accessToken, { cursor });
   * ```
   *
   * @see https://plaid.com/docs/api/products/transactions/#transactionssync
   */
  syncTransactions(
    accessToken: string,
    options?: CallOptions & {
      /** `next_cursor` from the previous call for this Item. If left out, it starts from the beginning. */
      cursor?: string | undefined;
      /** Changes per page: an integer from 1 to 500. Default 500. Affects only the number of requests. */
      count?: number | undefined;
      /** Plaid's other options, by their wire names: `include_original_description`, `account_id`, … */
      options?: TransactionsSyncRequest["options"] | undefined;
    },
  ): Promise<TransactionsUpdate>;

  /**
   * Calls any Plaid endpoint, with the adapter's credentials, retries, timeouts, errors, and redaction. Don't
   * pass `client_id` or `secret`.
   *
   * The path decides the types of the request and the response. An unknown path accepts any object and returns
   * `any`, unless a type argument describes it: `{ request: …; response: … }`.
   *
   * Paths that only read (`/item/get`, `/institutions/search`, …) are retried like the adapter's named methods,
   * and so are calls that their body makes idempotent (`idempotency_key`, or `authorization_id` for
   * `/transfer/create`). Any other call is retried after 429 only, because Plaid may have processed it even if
   * no response arrived. The same is true of reads that cost money or fetch fresh data each time, such as
   * `/accounts/balance/get`. Set `maxRetries` if such a call is safe to repeat.
   *
   * @typeParam T The path, from the argument; or an endpoint's types, `PlaidEndpoints["/transactions/sync"]`.
   * @param path Plaid's path, starting with `/`: `"/item/get"`. It can't lead to another host.
   * @param rest The body in its wire format, without credentials, which may be left out if no field is
   * required; and the call's options.
   * @returns The response's JSON. Rejects with {@link PlaidAdapterError} itself, or
   * {@link PlaidApiInternalServerError} if Plaid responded with 5xx: kind `"invalid_argument"` if the path is
   * invalid or the body is not an object that JSON can represent, `"api"` if Plaid rejected the request; for the
   * others see {@link PlaidErrorKind}. An endpoint that responds with a file rejects with kind
   * `"bad_response"`: use {@link download}.
   *
   * @example
   * ```ts
   * const { item } = await plaid.request("/item/get", { access_token: accessToken });
   *
   * // An endpoint that Plaid added after this version:
   * type New = { request: { access_token: string }; response: { result: string } };
   * const { result } = await plaid.request<New>("/new/endpoint", { access_token: accessToken });
   * ```
   *
   * @see https://plaid.com/docs/api/
   */
  request<T extends keyof PlaidEndpoints | (string & {}) | Endpoint>(
    path: T | (T extends string ? never : string & {}),
    ...rest: RequestArguments<T>
  ): Promise<EndpointOf<T>["response"]>;

  /**
   * Calls an endpoint that responds with a file, such as a PDF or a ZIP, with the same credentials, retries,
   * timeouts, errors, and redaction as {@link request}.
   *
   * @param path Plaid's path, starting with `/`: `"/asset_report/pdf/get"`.
   * @param rest The body in its wire format, without credentials, and the call's options.
   * @returns The file, with its media type in `type`. Rejects as {@link request} does.
   *
   * @example
   * ```ts
   * const pdf = await plaid.download("/asset_report/pdf/get", { asset_report_token: token });
   * return new Response(pdf); // Content-Type: application/pdf
   * ```
   *
   * @see https://plaid.com/docs/api/products/assets/#asset_reportpdfget
   * @see https://plaid.com/docs/api/products/statements/#statementsdownload
   */
  download<P extends PlaidFilePath | (string & {})>(path: P, ...rest: RequestArguments<P>): Promise<Blob>;

  /**
   * Verifies that Plaid sent a webhook recently and that it is unchanged, and returns its payload.
   *
   * Pass the `Request`, or its raw body and headers in your platform's form. Plaid signs the bytes of the body,
   * so a parsed body is rejected. The signing key is fetched from Plaid once and cached for up to a day. The
   * signature must be ES256, and the body at most 1 MiB. No key is fetched for a webhook that fails the other
   * checks.
   *
   * Plaid expects status 200 within 10 seconds, and may send the same webhook more than once.
   *
   * @typeParam W The payload's type, if {@link PlaidWebhook} does not include it.
   * @param webhook The `Request`, whose body is consumed; or the raw `body` and the `headers`; or an AWS Lambda
   * event. Header names may be in any case.
   * @param options Options for the call that fetches a key, and `toleranceSeconds`.
   * @returns The payload; a `switch` on its `webhook_code` narrows it. Rejects with
   * {@link PlaidWebhookVerificationError}. Kind `"webhook"` means that the webhook itself is invalid, and
   * `reason` says why; respond with 400. Kind `"invalid_argument"` means that your code passed something else,
   * such as a parsed body; kind `"configuration"`, that the runtime has no WebCrypto. Any other kind
   * (`"network"`, `"timeout"`, `"rate_limit"`, `"api"`, …) means that the key could not be fetched, or that the
   * body broke off; respond with 503, so that Plaid retries the webhook. Rejects with {@link PlaidApiInternalServerError} if Plaid
   * responded to the request for the key with 5xx.
   *
   * @example
   * ```ts
   * const webhook = await plaid.verifyWebhook(request);
   * switch (webhook.webhook_code) {
   *   case "SYNC_UPDATES_AVAILABLE":
   *     await sync(webhook.item_id);
   * }
   *
   * // Express, after app.use(express.raw({ type: "application/json" })):
   * await plaid.verifyWebhook({ body: req.body, headers: req.headers });
   *
   * // AWS Lambda:
   * await plaid.verifyWebhook(event);
   * ```
   *
   * @see https://plaid.com/docs/api/webhooks/webhook-verification/
   */
  verifyWebhook<W extends { webhook_type: string; webhook_code: string } = PlaidWebhook>(
    webhook: Request | WebhookMessage,
    options?: CallOptions & {
      /**
       * How many seconds the signing time may differ from now, in either direction: a number from 0 to
       * 31,536,000 (a year). Default 300.
       */
      toleranceSeconds?: number | undefined;
    },
  ): Promise<W>;

  /**
   * Discards the credentials immediately. Calls in flight finish as usual. Afterwards, {@link initializePlaid}
   * throws and asynchronous methods reject with a {@link PlaidAdapterError} of kind `"invalid_argument"`.
   * Calling it is optional: an adapter that is never freed is garbage collected like any other object. Calling
   * it twice is harmless.
   *
   * @example
   * ```ts
   * plaid.free();
   * ```
   */
  free(): void;

  /**
   * The same as {@link free}; `using` calls it at the end of the block.
   *
   * @example
   * ```ts
   * using plaid = new PlaidAdapter(env);
   * ```
   */
  [Symbol.dispose](): void;
}

/** The types of an endpoint, for {@link PlaidAdapter.request} with an unknown path. */
export interface Endpoint {
  /** The body, without credentials. */
  request: object;
  /** The response's JSON. */
  response: unknown;
}

/** The types of an endpoint with an unknown path. */
export interface UnknownEndpoint {
  /** Any object. */
  request: object;
  /** Anything. */
  response: any;
}

/** The types of an endpoint by its path: Plaid's own, or any object and `any` if the path is unknown. */
export type EndpointOf<T> = T extends keyof PlaidEndpoints
  ? PlaidEndpoints[T]
  : T extends Endpoint
    ? T
    : UnknownEndpoint;

/**
 * The arguments after the path in {@link PlaidAdapter.request}: the body and the call's options. The body may be
 * left out if Plaid requires no field. Useful in functions that forward their arguments.
 *
 * @example
 * ```ts
 * async function call<P extends keyof PlaidEndpoints>(path: P, ...rest: RequestArguments<P>) {
 *   return plaid.request(path, ...rest);
 * }
 * ```
 */
export type RequestArguments<T> =
  // Inferred, so that the compiler does not go through all endpoints to find what this can be.
  EndpointOf<T> extends infer E extends Endpoint
    ? {} extends E["request"]
      ? [body?: E["request"] | undefined, options?: CallOptions | undefined]
      : [body: E["request"], options?: CallOptions | undefined]
    : never;

/** What {@link PlaidAdapter.syncTransactions} returns: the changes since the cursor, in Plaid's wire format. */
export interface TransactionsUpdate {
  /** New transactions, in Plaid's order. */
  added: Transaction[];
  /** Changed transactions, in their new form. */
  modified: Transaction[];
  /** Transactions that no longer exist, by `transaction_id`. */
  removed: RemovedTransaction[];
  /** The accounts of these transactions, with cached balances. */
  accounts: AccountBase[];
  /** How much of the Item's history Plaid has fetched so far. */
  transactions_update_status: TransactionsUpdateStatus;
  /** Pass it as `cursor` to the next call. `""` if the Item is not ready yet. */
  next_cursor: string;
  /** Plaid's ID of the last page's request, which Plaid's support will ask for. */
  request_id: string;
}

/** A webhook for {@link PlaidAdapter.verifyWebhook}, if there is no `Request`. */
export type WebhookMessage =
  | {
      /**
       * The body exactly as received, not parsed: text, an ArrayBuffer, or a view such as Node's Buffer.
       */
      body: string | ArrayBuffer | ArrayBufferView;
      /**
       * The request's headers: a `Headers` object, a record whose values are strings or lists of strings
       * (Node's `req.headers` or `req.headersDistinct`), a Map, or a list of entries. Only
       * `Plaid-Verification` is read.
       */
      headers:
        | Headers
        | Record<string, string | readonly string[] | undefined>
        | Iterable<readonly [name: string, value: string | readonly string[]]>;
    }
  | {
      /** The body of an AWS Lambda event, unchanged. */
      body?: string | null | undefined;
      /** Whether `body` is base64. */
      isBase64Encoded: boolean;
      /** The event's headers. Either these or `multiValueHeaders` must be present. */
      headers?: Record<string, string | undefined> | null | undefined;
      /** The event's headers, if their values are lists. */
      multiValueHeaders?: Record<string, string[] | undefined> | null | undefined;
    };

/* ───────────────────────────── errors ───────────────────────────── */

/**
 * What happened, independent of the operation.
 *
 * | kind | meaning |
 * | --- | --- |
 * | `"configuration"` | The environment, the settings, or the runtime can't be used; nothing was sent. |
 * | `"invalid_argument"` | An argument is missing or invalid, or the adapter was freed; nothing was sent. |
 * | `"api"` | Plaid responded with a 4xx status: see `errorCode`. |
 * | `"rate_limit"` | Plaid responded with 429, even after retries. |
 * | `"server"` | Plaid responded with a 5xx status. |
 * | `"network"` | No response: `fetch` rejected. |
 * | `"timeout"` | No complete response within `timeoutMs`. |
 * | `"bad_response"` | The response did not come from Plaid's API: a redirect, or a 2xx that is not a JSON object. |
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
 * Plaid's `error_code`: the common ones, or any other string.
 *
 * @see https://plaid.com/docs/errors/
 */
export type PlaidErrorCode = Known<
  // INVALID_REQUEST
  | "INCOMPATIBLE_API_VERSION"
  | "INVALID_BODY"
  | "INVALID_CONFIGURATION"
  | "INVALID_FIELD"
  | "INVALID_HEADERS"
  | "MISSING_FIELDS"
  | "NO_LONGER_AVAILABLE"
  | "NOT_FOUND"
  | "SANDBOX_ONLY"
  | "UNKNOWN_FIELDS"
  // INVALID_INPUT
  | "ADDITIONAL_CONSENT_REQUIRED"
  | "INCORRECT_DEPOSIT_VERIFICATION"
  | "INVALID_ACCESS_TOKEN"
  | "INVALID_ACCOUNT_ID"
  | "INVALID_API_KEYS"
  | "INVALID_ASSET_REPORT_TOKEN"
  | "INVALID_INSTITUTION"
  | "INVALID_LINK_CUSTOMIZATION"
  | "INVALID_LINK_TOKEN"
  | "INVALID_PRODUCT"
  | "INVALID_PUBLIC_TOKEN"
  | "INVALID_USER_ID"
  | "INVALID_USER_TOKEN"
  | "INVALID_WEBHOOK_VERIFICATION_KEY_ID"
  | "TOO_MANY_VERIFICATION_ATTEMPTS"
  | "UNAUTHORIZED_ENVIRONMENT"
  | "UNAUTHORIZED_ROUTE_ACCESS"
  | "USER_PERMISSION_REVOKED"
  // ITEM_ERROR
  | "ACCESS_NOT_GRANTED"
  | "INSTANT_MATCH_FAILED"
  | "INVALID_CREDENTIALS"
  | "INVALID_MFA"
  | "ITEM_CONCURRENTLY_DELETED"
  | "ITEM_LOCKED"
  | "ITEM_LOGIN_REQUIRED"
  | "ITEM_NOT_FOUND"
  | "ITEM_NOT_SUPPORTED"
  | "MFA_NOT_SUPPORTED"
  | "NO_ACCOUNTS"
  | "NO_AUTH_ACCOUNTS"
  | "NO_INVESTMENT_ACCOUNTS"
  | "PRODUCT_NOT_ENABLED"
  | "PRODUCT_NOT_READY"
  | "PRODUCTS_NOT_SUPPORTED"
  | "USER_SETUP_REQUIRED"
  // INSTITUTION_ERROR
  | "INSTITUTION_DOWN"
  | "INSTITUTION_NO_LONGER_SUPPORTED"
  | "INSTITUTION_NOT_AVAILABLE"
  | "INSTITUTION_NOT_ENABLED_IN_ENVIRONMENT"
  | "INSTITUTION_NOT_RESPONDING"
  | "UNSUPPORTED_RESPONSE"
  // API_ERROR
  | "INTERNAL_SERVER_ERROR"
  | "PLANNED_MAINTENANCE"
  // RATE_LIMIT_EXCEEDED
  | "ACCOUNTS_LIMIT"
  | "AUTH_LIMIT"
  | "CREDITS_EXHAUSTED"
  | "IDENTITY_LIMIT"
  | "INSTITUTION_RATE_LIMIT"
  | "INSTITUTIONS_GET_BY_ID_LIMIT"
  | "INSTITUTIONS_GET_LIMIT"
  | "INVESTMENT_HOLDINGS_GET_LIMIT"
  | "ITEM_GET_LIMIT"
  | "RATE_LIMIT"
  | "TRANSACTIONS_REFRESH_LIMIT"
  | "TRANSACTIONS_SYNC_LIMIT"
  // TRANSACTIONS_ERROR
  | "TRANSACTIONS_SYNC_MUTATION_DURING_PAGINATION"
  // TRANSFER_ERROR and BANK_TRANSFER_ERROR
  | "BANK_TRANSFER_ACCOUNT_BLOCKED"
  | "BANK_TRANSFER_INSUFFICIENT_FUNDS"
  | "BANK_TRANSFER_INVALID_ORIGINATION_ACCOUNT"
  | "BANK_TRANSFER_LIMIT_EXCEEDED"
  | "BANK_TRANSFER_MISSING_ORIGINATION_ACCOUNT"
  | "BANK_TRANSFER_NOT_CANCELLABLE"
  | "BANK_TRANSFER_UNSUPPORTED_ACCOUNT_TYPE"
  | "BANK_TRANSFER_UNSUPPORTED_ENVIRONMENT"
  | "INCOMPLETE_CUSTOMER_ONBOARDING"
  | "TRANSFER_ACCOUNT_BLOCKED"
  | "TRANSFER_FORBIDDEN_ACH_CLASS"
  | "TRANSFER_NETWORK_LIMIT_EXCEEDED"
  | "TRANSFER_NOT_CANCELLABLE"
  | "TRANSFER_ORIGINATOR_NOT_FOUND"
  | "TRANSFER_UNSUPPORTED_ACCOUNT_TYPE"
  | "UNAUTHORIZED_ACCESS"
  // SIGNAL_ERROR
  | "ADDENDUM_NOT_SIGNED"
  | "CLIENT_TRANSACTION_ID_ALREADY_IN_USE"
  | "INVALID_CONFIGURATION_STATE"
  | "RULESET_NOT_FOUND"
  | "SIGNAL_TRANSACTION_NOT_INITIATED"
  // ASSET_REPORT_ERROR
  | "ASSET_REPORT_GENERATION_FAILED"
  | "DATA_QUALITY_CHECK_FAILED"
  | "DATA_UNAVAILABLE"
  | "INSIGHTS_NOT_ENABLED"
  | "INSIGHTS_PREVIOUSLY_NOT_ENABLED"
  | "INVALID_PARENT"
  // INCOME_VERIFICATION_ERROR
  | "INCOME_VERIFICATION_FAILED"
  | "INCOME_VERIFICATION_NOT_FOUND"
  | "VERIFICATION_STATUS_PENDING_APPROVAL"
  // PAYMENT_ERROR
  | "PAYMENT_BLOCKED"
  | "PAYMENT_CANCELLED"
  | "PAYMENT_INSUFFICIENT_FUNDS"
  | "PAYMENT_INVALID_RECIPIENT"
  | "PAYMENT_INVALID_REFERENCE"
  | "PAYMENT_INVALID_SCHEDULE"
  | "PAYMENT_REJECTED"
  | "PAYMENT_SCHEME_NOT_SUPPORTED"
  // SANDBOX_ERROR
  | "SANDBOX_BANK_TRANSFER_EVENT_TRANSITION_INVALID"
  | "SANDBOX_PRODUCT_NOT_ENABLED"
  | "SANDBOX_TRANSFER_EVENT_TRANSITION_INVALID"
  | "SANDBOX_WEBHOOK_INVALID"
>;

/**
 * Base of every error that the package throws. The class says which operation failed, `kind` says what
 * happened, and the fields from Plaid's response say why. There are two exceptions: an aborted call rejects
 * with the signal's own reason, as `fetch` does; and an error that a framework throws through `fetch` on
 * purpose (one with a string `digest`, as in Next) is passed on unchanged.
 *
 * The message ends with Plaid's request ID if there is one: `(request_id HNTDNrA8F1shFEW)`. The call's
 * credentials and tokens never appear in a field, the message, the stack, or the cause.
 *
 * `instanceof` works across copies of the package, such as ESM and CommonJS in one program.
 *
 * @example
 * ```ts
 * try {
 *   await plaid.authRequest(accessToken);
 * } catch (error) {
 *   if (isPlaidError(error) && error.errorCode === "ITEM_LOGIN_REQUIRED") return repair(accessToken);
 *   throw error;
 * }
 * ```
 *
 * @see https://plaid.com/docs/errors/
 */
export class PlaidAdapterError extends Error {
  /** What happened. Always present. */
  readonly kind: PlaidErrorKind;
  /** Plaid's path, `"/auth/get"`; absent if no endpoint was involved, as in the constructor. */
  readonly endpoint?: string;
  /** The last response's HTTP status; absent if there was no response. */
  readonly status?: number;
  /** Plaid's `request_id` of the last response, which Plaid's support will ask for; absent if there was none. */
  readonly requestId?: string;
  /** Plaid's `error_type`: `"ITEM_ERROR"`. Any string, since the list is open; absent if Plaid gave none. */
  readonly errorType?: PlaidErrorType;
  /**
   * Plaid's `error_code`: `"ITEM_LOGIN_REQUIRED"`. Any string, since the list is open; absent if Plaid gave
   * none.
   */
  readonly errorCode?: PlaidErrorCode;
  /** Plaid's `error_message`, for developers; its wording may change. */
  readonly errorMessage?: string;
  /** Plaid's `display_message`, meant for the user; null if the error does not concern them. */
  readonly displayMessage?: string | null;
  /** Plaid's page about the error, from `documentation_url`. */
  readonly documentationUrl?: string;
  /** Plaid's `suggested_action`, for developers; null if there is none. */
  readonly suggestedAction?: string | null;
  /**
   * The last response's body as text, with the call's credentials and tokens redacted, at most 16,384
   * characters.
   */
  readonly errorDetails?: string;
  /** Number of requests sent; 0 if the call failed before the first. */
  readonly attempts: number;
  /**
   * Whether the same call can safely be made again later, and may then succeed: after network failures,
   * timeouts, 429 (except `CREDITS_EXHAUSTED`), 500, 502, 503, and 504, and for the codes `INSTITUTION_DOWN`,
   * `INSTITUTION_NOT_RESPONDING`, `INSTITUTION_NOT_AVAILABLE`, and `PRODUCT_NOT_READY`. False if the adapter
   * itself would not retry the call, such as a transfer whose response was lost.
   */
  readonly retryable: boolean;
  /**
   * How long Plaid asked you to wait, in milliseconds, from its `Retry-After` header; absent if it did not.
   */
  readonly retryAfterMs?: number;
  /**
   * A redacted copy of the underlying error if there is one, such as what `fetch` rejected with.
   */
  readonly cause?: unknown;
  /**
   * The error's name, message, and fields, without stack and cause. `JSON.stringify` uses it. Safe to log.
   */
  toJSON(): object;
}

/**
 * The environment or the settings are invalid. The constructor and `initializePlaid` throw it, and `fromEnv`
 * rejects with it.
 */
export class PlaidAdapterConfigurationError extends PlaidAdapterError {
  /** Always `"configuration"`. */
  readonly kind: "configuration";
  /**
   * Every problem found, one sentence each, which names the key or field. They never contain a secret.
   */
  readonly problems: string[];
}

/** {@link PlaidAdapter.createLinkToken} failed, except with 5xx. */
export class PlaidCreateLinkTokenError extends PlaidAdapterError {}

/** {@link PlaidAdapter.exchangePublicToken} failed, except with 5xx. */
export class PlaidExchangePublicTokenError extends PlaidAdapterError {}

/** {@link PlaidAdapter.authRequest} failed, except with 5xx. */
export class PlaidAuthError extends PlaidAdapterError {}

/** {@link PlaidAdapter.identityRequest} failed, except with 5xx. */
export class PlaidIdentityError extends PlaidAdapterError {}

/**
 * {@link PlaidAdapter.syncBankTransferEvent} or {@link PlaidAdapter.bankTransferEvents} failed, except with
 * 5xx.
 */
export class PlaidBankTransferSyncEventError extends PlaidAdapterError {}

/** {@link PlaidAdapter.syncTransferEvent} or {@link PlaidAdapter.transferEvents} failed, except with 5xx. */
export class PlaidTransferSyncEventError extends PlaidAdapterError {}

/** {@link PlaidAdapter.syncTransactions} failed, except with 5xx. */
export class PlaidTransactionsSyncError extends PlaidAdapterError {}

/** The last response of any call was 5xx. */
export class PlaidApiInternalServerError extends PlaidAdapterError {
  /** Always `"server"`. */
  readonly kind: "server";
}

/**
 * {@link PlaidAdapter.verifyWebhook} did not accept a webhook. If the kind is `"webhook"`, the webhook itself is
 * invalid; otherwise, it could not be verified.
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
   * | `"malformed_token"` | The header is not a signed token in Plaid's format. |
   * | `"wrong_algorithm"` | The token is not signed with ES256. |
   * | `"unknown_key"` | Plaid has no such key, for example because it belongs to another environment; or the key could not be fetched. |
   * | `"expired_key"` | Plaid has retired the key. |
   * | `"bad_signature"` | The token was not signed with that key. |
   * | `"stale"` | It was signed too long ago, or too far in the future. |
   * | `"body_mismatch"` | The body is not byte for byte the one that was signed. |
   * | `"body_too_large"` | The body is larger than 1 MiB. |
   * | `"malformed_body"` | The body is not raw, broke off, or is not a webhook's JSON; or an argument is invalid. |
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

/**
 * Whether a value is an error of this package, even of another copy of it. Its `kind` then narrows it:
 * `"configuration"` has `problems`, and `"webhook"` has `reason`.
 *
 * @param value The caught value.
 * @returns True for every {@link PlaidAdapterError}. It never throws.
 *
 * @example
 * ```ts
 * if (isPlaidError(error)) {
 *   if (error.kind === "configuration") console.error(error.problems);
 *   if (error.kind === "webhook") console.warn(error.reason);
 * }
 * ```
 */
export function isPlaidError(value: unknown): value is AnyPlaidError;

/** Every error of the package, told apart by `kind`. */
export type AnyPlaidError =
  | (PlaidAdapterError & {
      /** The environment, the settings, or the runtime can't be used. */
      readonly kind: "configuration";
      /** Every problem found, one sentence each. */
      readonly problems: string[];
    })
  | (PlaidWebhookVerificationError & {
      /** A webhook failed verification. */
      readonly kind: "webhook";
    })
  | (PlaidAdapterError & {
      /** Any other kind. */
      readonly kind: Exclude<PlaidErrorKind, "configuration" | "webhook">;
    });

/* ───────────────────────────── not exported ───────────────────────────── */

/**
 * What may be merged over the body of /link/token/create. `user` is merged key by key, so it may be partial.
 */
type LinkTokenOverrides = {
  [K in Exclude<keyof LinkTokenCreateRequest, "user">]?: LinkTokenCreateRequest[K] | undefined;
} & { user?: Partial<NonNullable<LinkTokenCreateRequest["user"]>> | undefined };

// The web types of the platform at hand, whose declarations may be TypeScript's "dom",
// @cloudflare/workers-types, @types/node or another's. Reached through globalThis, they are no error for a
// program that has none of these, and never `any`. Where they are classes, as Headers in Workers, globalThis
// does not show them, hence the way through Request, Response and fetch.
type Request = typeof globalThis extends { Request: { prototype: infer T } } ? T : never;
type Response = typeof globalThis extends { Response: { prototype: infer T } } ? T : object;
type Headers = Request["headers"];
type AbortSignal = Request["signal"];
type Blob = Response extends { blob(): Promise<infer T> } ? T : object;
type FetchInput = typeof globalThis extends { fetch(input: infer T, init?: any): unknown } ? T : string;
type RequestInit = typeof globalThis extends { fetch(input: any, init?: infer T): unknown }
  ? NonNullable<T>
  : object;
