// One JSON schema of all that Plaid sends and takes, generated from the types of Plaid's official `plaid` package: what
// the tests judge by, and what the sandbox's typed responses are made from.

import { createRequire } from "node:module";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { tmpdir } from "node:os";
import { cached } from "./cache.mjs";
import { plaidEndpoints, plaidTypesModule } from "./plaid-endpoints.mjs";

const require = createRequire(import.meta.url);

// The types say nothing of which webhook they describe; this is from https://plaid.com/docs/api/webhooks/.
const webhookTypes = {
  "AUTH/AUTOMATICALLY_VERIFIED": "AutomaticallyVerifiedWebhook",
  "AUTH/DEFAULT_UPDATE": "AuthDefaultUpdateWebhook",
  "AUTH/SMS_MICRODEPOSITS_VERIFICATION": "HostedMMDVerificationWebhook",
  "AUTH/VERIFICATION_EXPIRED": "VerificationExpiredWebhook",
  "ASSETS/ERROR": "AssetsErrorWebhook",
  "ASSETS/PRODUCT_READY": "AssetsProductReadyWebhook",
  "BANK_TRANSFERS/BANK_TRANSFERS_EVENTS_UPDATE": "BankTransfersEventsUpdateWebhook",
  "HOLDINGS/DEFAULT_UPDATE": "HoldingsDefaultUpdateWebhook",
  "IDENTITY/DEFAULT_UPDATE": "IdentityDefaultUpdateWebhook",
  "INVESTMENTS_TRANSACTIONS/DEFAULT_UPDATE": "InvestmentsDefaultUpdateWebhook",
  "INVESTMENTS_TRANSACTIONS/HISTORICAL_UPDATE": "InvestmentsHistoricalUpdateWebhook",
  "ITEM/ERROR": "ItemErrorWebhook",
  "ITEM/LOGIN_REPAIRED": "ItemLoginRepairedWebhook",
  "ITEM/NEW_ACCOUNTS_AVAILABLE": "NewAccountsAvailableWebhook",
  "ITEM/PENDING_DISCONNECT": "PendingDisconnectWebhook",
  "ITEM/PENDING_EXPIRATION": "PendingExpirationWebhook",
  "ITEM/USER_ACCOUNT_REVOKED": "UserAccountRevokedWebhook",
  "ITEM/USER_PERMISSION_REVOKED": "UserPermissionRevokedWebhook",
  "ITEM/WEBHOOK_UPDATE_ACKNOWLEDGED": "WebhookUpdateAcknowledgedWebhook",
  "LIABILITIES/DEFAULT_UPDATE": "LiabilitiesDefaultUpdateWebhook",
  "LINK/EVENTS": "LinkEventsWebhook",
  "LINK/ITEM_ADD_RESULT": "ItemAddResultWebhook",
  "LINK/SESSION_FINISHED": "LinkSessionFinishedWebhook",
  "TRANSACTIONS/DEFAULT_UPDATE": "DefaultUpdateWebhook",
  "TRANSACTIONS/HISTORICAL_UPDATE": "HistoricalUpdateWebhook",
  "TRANSACTIONS/INITIAL_UPDATE": "InitialUpdateWebhook",
  "TRANSACTIONS/RECURRING_TRANSACTIONS_UPDATE": "RecurringTransactionsUpdateWebhook",
  "TRANSACTIONS/SYNC_UPDATES_AVAILABLE": "SyncUpdatesAvailableWebhook",
  "TRANSACTIONS/TRANSACTIONS_REMOVED": "TransactionsRemovedWebhook",
  "TRANSFER/TRANSFER_EVENTS_UPDATE": "TransferEventsUpdateWebhook",
};

/** The schema: its definition `Wire` has the properties `endpoints`, `error` and `webhooks`. */
export async function plaidSchema() {
  const inputs = {
    packages: ["plaid", "ts-json-schema-generator", "typescript"],
    scripts: [import.meta.url, new URL("plaid-endpoints.mjs", import.meta.url)],
  };
  return JSON.parse(await cached("schemas.json", inputs, generate));
}

/** One schema whose properties are the endpoints, the error and the webhooks. */
async function generate() {
  const endpoints = (await plaidEndpoints()).filter(({ verb }) => verb === "POST");
  const members = endpoints.map(({ path, request, response }) => {
    // A file ("any") or nothing ("void") is no JSON body: such an endpoint's answers have no schema.
    const json = response !== "any" && response !== "void";
    return `"${path}": { request: ${request}; ${json ? `response: ${response}` : ""} };`;
  });
  const webhooks = Object.entries(webhookTypes).map(([name, type]) => `"${name}": ${type};`);
  const types = `${plaidTypesModule()}
    export interface Wire {
      endpoints: { ${members.join("\n")} };
      error: PlaidError;
      webhooks: { ${webhooks.join("\n")} };
    }`;
  const { createGenerator } = require("ts-json-schema-generator");
  const folder = mkdtempSync(join(tmpdir(), "plaid-types-"));
  try {
    const path = join(folder, "wire.ts");
    writeFileSync(path, types);
    const generator = createGenerator({ path, type: "Wire", jsDoc: "none", skipTypeCheck: true });
    return JSON.stringify(generator.createSchema("Wire"));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
