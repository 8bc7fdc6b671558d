// Is this JSON what Plaid sends and takes? Judged by schemas generated from the types of Plaid's official
// `plaid` package, never by anything of our own. Each function returns null for a valid body, or a line that
// says what is wrong.
//
// Requests are strict: a field that Plaid's types do not list is an error, at any depth, as it is for Plaid's
// API. Where the types themselves leave the fields open (`[key: string]: …`), so do the schemas. Answers,
// errors and webhooks may carry further fields, since Plaid adds some without notice. TypeScript has one
// number and one string, so integers, ranges and date formats are not checked here.

import { createRequire } from "node:module";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { tmpdir } from "node:os";
import { cached } from "../../scripts/types/cache.mjs";
import { plaidEndpoints, plaidTypesModule } from "../../scripts/types/plaid-endpoints.mjs";

const require = createRequire(import.meta.url);
const { default: Ajv } = require("ajv");
const { createGenerator } = require("ts-json-schema-generator");

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

/** A request body for `path`, credentials in the headers or in the body. */
export const validateRequest = (path, body) => validate(requests, ["endpoints", path, "request"], body);

/** The body of a 2xx answer from `path`. */
export const validateResponse = (path, body) => validate(answers, ["endpoints", path, "response"], body);

/** The body of a 4xx or 5xx answer. */
export const validateError = (body) => validate(answers, ["error"], body);

/** A webhook's payload, by its `webhook_type` and `webhook_code`. */
export const validateWebhook = (payload) =>
  validate(answers, ["webhooks", `${payload?.webhook_type}/${payload?.webhook_code}`], payload);

const schema = JSON.parse(
  await cached(
    "schemas.json",
    {
      packages: ["plaid", "ts-json-schema-generator", "typescript"],
      scripts: [import.meta.url, new URL("../../scripts/types/plaid-endpoints.mjs", import.meta.url)],
    },
    generate,
  ),
);
// Otherwise ajv compiles the types of all endpoints when it looks for the first: ten seconds.
delete schema.$ref;
const requests = compiler(schema);
const answers = compiler(open(schema));

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

function compiler(wire) {
  const ajv = new Ajv({ allErrors: true, allowUnionTypes: true });
  ajv.addSchema(wire, "wire");
  return ajv;
}

/**
 * The same schema with further fields allowed. The package's generator writes null in a list of values as "null";
 * what is sent is null.
 */
function open(wire) {
  return JSON.parse(JSON.stringify(wire), (key, value) => {
    if (key === "additionalProperties" && value === false) return undefined;
    if (value?.type === "string" && value.enum?.includes("null")) {
      const { type: _, ...rest } = value;
      return { ...rest, enum: [...value.enum, null] };
    }
    return value;
  });
}

function validate(ajv, steps, body) {
  const name = steps.slice(steps.length > 1 ? 1 : 0).join(" ");
  const pointer = steps
    .map((step) => `/properties/${step.replace(/~/g, "~0").replace(/\//g, "~1")}`)
    .join("");
  const check = ajv.getSchema(`wire#/definitions/Wire${pointer}`);
  if (!check) return `${name}: the official package has no such type`;
  if (check(body)) return null;
  return `${name}: ${check.errors.map(describe).join("; ")}`;
}

function describe({ instancePath, message, params }) {
  const detail = params.additionalProperty ?? params.allowedValues?.join(", ");
  return `${instancePath || "body"} ${message}${detail ? ` (${detail})` : ""}`;
}
