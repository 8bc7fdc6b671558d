// What the package exports.

export { PlaidAdapter } from "./adapter.js";
export {
  PlaidAdapterError,
  PlaidAdapterConfigurationError,
  PlaidCreateLinkTokenError,
  PlaidExchangePublicTokenError,
  PlaidAuthError,
  PlaidIdentityError,
  PlaidBankTransferSyncEventError,
  PlaidTransferSyncEventError,
  PlaidTransactionsSyncError,
  PlaidApiInternalServerError,
  PlaidWebhookVerificationError,
  isPlaidError,
} from "./errors.js";
