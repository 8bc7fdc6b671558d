// Each operation of the adapter, for what all of them have in common.

import { anyWebhook } from "./tokens.js";

const token = "access-sandbox-11111111-2222-3333-4444-555555555555";

/**
 * `call` starts the operation with valid arguments, `refuse` with a wrong one; `field` is the argument's name. What
 * an operation gives for `answer` is not looked at here.
 */
export const operations = [
  {
    method: "createLinkToken",
    error: "PlaidCreateLinkTokenError",
    endpoint: "/link/token/create",
    call: (adapter, options) => adapter.createLinkToken("user-1", options),
    refuse: (adapter) => adapter.createLinkToken(""),
    field: /clientUserId/,
  },
  {
    method: "exchangePublicToken",
    error: "PlaidExchangePublicTokenError",
    endpoint: "/item/public_token/exchange",
    call: (adapter, options) => adapter.exchangePublicToken("public-sandbox-1", options),
    refuse: (adapter) => adapter.exchangePublicToken(123),
    field: /publicToken/,
  },
  {
    method: "authRequest",
    error: "PlaidAuthError",
    endpoint: "/auth/get",
    call: (adapter, options) => adapter.authRequest(token, options),
    refuse: (adapter) => adapter.authRequest(123),
    field: /accessToken/,
  },
  {
    method: "identityRequest",
    error: "PlaidIdentityError",
    endpoint: "/identity/get",
    call: (adapter, options) => adapter.identityRequest(token, options),
    refuse: (adapter) => adapter.identityRequest(),
    field: /accessToken/,
  },
  {
    method: "syncBankTransferEvent",
    error: "PlaidBankTransferSyncEventError",
    endpoint: "/bank_transfer/event/sync",
    call: (adapter, options) => adapter.syncBankTransferEvent(0, options),
    refuse: (adapter) => adapter.syncBankTransferEvent(-1),
    field: /afterId/,
  },
  {
    method: "syncTransferEvent",
    error: "PlaidTransferSyncEventError",
    endpoint: "/transfer/event/sync",
    call: (adapter, options) => adapter.syncTransferEvent(0, options),
    refuse: (adapter) => adapter.syncTransferEvent("0"),
    field: /afterId/,
  },
  {
    method: "bankTransferEvents",
    error: "PlaidBankTransferSyncEventError",
    endpoint: "/bank_transfer/event/sync",
    call: (adapter, options) => adapter.bankTransferEvents(options).next(),
    refuse: (adapter) => adapter.bankTransferEvents({ count: 26 }).next(),
    field: /count/,
    answer: { bank_transfer_events: [], request_id: "request-ok" },
  },
  {
    method: "transferEvents",
    error: "PlaidTransferSyncEventError",
    endpoint: "/transfer/event/sync",
    call: (adapter, options) => adapter.transferEvents(options).next(),
    refuse: (adapter) => adapter.transferEvents({ afterId: 0.5 }).next(),
    field: /afterId/,
    answer: { transfer_events: [], has_more: false, request_id: "request-ok" },
  },
  {
    method: "request",
    error: "PlaidAdapterError",
    endpoint: "/accounts/get",
    call: (adapter, options) => adapter.request("/accounts/get", { access_token: token }, options),
    refuse: (adapter) => adapter.request("accounts/get"),
    field: /path/,
  },
  {
    method: "verifyWebhook",
    error: "PlaidWebhookVerificationError",
    endpoint: "/webhook_verification_key/get",
    call: (adapter, options) => anyWebhook().then((webhook) => adapter.verifyWebhook(webhook, options)),
    refuse: (adapter) => adapter.verifyWebhook(undefined),
    field: /webhook/,
  },
];
