// Makes the same calls of Plaid's Sandbox and of this package's, and prints where statuses, codes, shapes and states
// differ. Needs a build, and keys of Plaid's Sandbox:
//
//   PLAID_CLIENT_ID=… PLAID_SECRET=… make verify-plaid
//
// PLAID_BASE_URL names another host in Plaid's place. Exits with 1 if anything differs. Nothing is printed but paths, names
// of fields, types, codes and states: no key, no token, no data.

import { setTimeout } from "node:timers/promises";
import { PlaidSandbox } from "../dist/package/sandbox.js";

/** Codes that say what these keys may do, not how Plaid works. */
const NOT_ALLOWED = ["INVALID_PRODUCT", "UNAUTHORIZED_ROUTE_ACCESS", "PRODUCTS_NOT_SUPPORTED"];
/** How often a call is repeated until what it reads is ready, once a second. */
const TRIES = 30;

const institution_id = "ins_109508";
const user = { legal_name: "Alberta Bobbeth Charleson" };
const range = () => {
  const date = (daysAgo) => new Date(Date.now() - daysAgo * 86_400_000).toISOString().slice(0, 10);
  return { start_date: date(60), end_date: date(0) };
};
const token = ({ access_token }) => ({ access_token });
const checking = (known) => ({ access_token: known.access_token, account_id: known.account_id });
const debit = { type: "debit", network: "ach", ach_class: "ppd", amount: "1.00", user };

/**
 * What is called, in this order: the path, the body or what makes it of what is known, what is learnt from the response,
 * when it is ready, and which values are states to be compared.
 *
 * @type {{ path: string, body?: object | ((known: any) => object), learn?: (response: any) => object,
 *   ready?: (response: any) => boolean, states?: (response: any) => unknown }[]}
 */
const STEPS = [
  { path: "/item/get", body: {} },
  { path: "/item/get", body: { access_token: "access-sandbox-00000000-0000-4000-8000-000000000000" } },
  { path: "/item/get", body: { access_token: "malformed" } },
  { path: "/item/get", body: { access_token: "malformed", unknown: 1 } },
  { path: "/no/such/path", body: {} },
  {
    path: "/link/token/create",
    body: {
      client_name: "Verification",
      language: "en",
      country_codes: ["US"],
      user: { client_user_id: "verification" },
      products: ["auth"],
    },
    learn: ({ link_token }) => ({ link_token }),
  },
  { path: "/link/token/get", body: ({ link_token }) => ({ link_token }) },
  { path: "/link/token/create", body: { client_name: "Verification" } },
  { path: "/institutions/get_by_id", body: { institution_id, country_codes: ["US"] } },
  { path: "/institutions/get_by_id", body: { institution_id: "ins_0", country_codes: ["US"] } },
  {
    path: "/institutions/search",
    body: { query: "First Platypus Bank", products: ["auth"], country_codes: ["US"] },
  },
  { path: "/sandbox/public_token/create", body: { institution_id: "ins_0", initial_products: ["auth"] } },
  {
    path: "/sandbox/public_token/create",
    body: { institution_id, initial_products: ["auth", "transactions"] },
    learn: ({ public_token }) => ({ public_token }),
  },
  {
    path: "/item/public_token/exchange",
    body: ({ public_token }) => ({ public_token }),
    learn: ({ access_token }) => ({ access_token }),
  },
  { path: "/item/public_token/exchange", body: ({ public_token }) => ({ public_token }) },
  { path: "/item/get", body: token, states: ({ item }) => [item.update_type, item.error] },
  {
    path: "/accounts/get",
    body: token,
    learn: ({ accounts }) => ({
      account_id: accounts.find(({ subtype }) => subtype === "checking")?.account_id,
    }),
    states: ({ accounts }) => accounts.map(({ type, subtype, mask }) => `${type} ${subtype} ${mask}`),
  },
  { path: "/accounts/balance/get", body: token },
  { path: "/auth/get", body: token, states: ({ numbers }) => numbers.ach.map(({ account }) => account) },
  { path: "/auth/get", body: (known) => ({ ...token(known), options: { account_ids: ["malformed"] } }) },
  { path: "/identity/get", body: token },
  {
    path: "/transactions/sync",
    body: token,
    ready: ({ transactions_update_status }) => transactions_update_status === "HISTORICAL_UPDATE_COMPLETE",
    states: ({ transactions_update_status }) => transactions_update_status,
  },
  { path: "/transactions/sync", body: (known) => ({ ...token(known), cursor: "malformed" }) },
  { path: "/transactions/get", body: (known) => ({ ...token(known), ...range() }) },
  { path: "/transactions/recurring/get", body: token },
  { path: "/transactions/refresh", body: token },
  { path: "/liabilities/get", body: token },
  { path: "/investments/holdings/get", body: token },
  { path: "/investments/transactions/get", body: (known) => ({ ...token(known), ...range() }) },
  {
    path: "/signal/evaluate",
    body: (known) => ({ ...checking(known), client_transaction_id: String(Date.now()), amount: 12.34 }),
  },
  {
    path: "/transfer/authorization/create",
    body: (known) => ({ ...checking(known), ...debit }),
    learn: ({ authorization }) => ({ authorization_id: authorization.id }),
    states: ({ authorization }) => authorization.decision,
  },
  {
    path: "/transfer/authorization/create",
    body: (known) => ({ ...checking(known), ...debit, amount: "100000.00" }),
    states: ({ authorization }) => [authorization.decision, authorization.decision_rationale?.code],
  },
  {
    path: "/transfer/create",
    body: (known) => ({
      ...checking(known),
      authorization_id: known.authorization_id,
      description: "Verify",
    }),
    learn: ({ transfer }) => ({ transfer_id: transfer.id }),
    states: ({ transfer }) => transfer.status,
  },
  {
    path: "/sandbox/transfer/simulate",
    body: ({ transfer_id }) => ({ transfer_id, event_type: "posted" }),
  },
  {
    path: "/sandbox/transfer/simulate",
    body: ({ transfer_id }) => ({ transfer_id, event_type: "failed" }),
  },
  {
    path: "/transfer/get",
    body: ({ transfer_id }) => ({ transfer_id }),
    states: ({ transfer }) => [transfer.status, transfer.cancellable],
  },
  { path: "/transfer/cancel", body: ({ transfer_id }) => ({ transfer_id }) },
  {
    path: "/transfer/event/list",
    body: ({ transfer_id }) => ({ transfer_id }),
    states: ({ transfer_events }) => transfer_events.map(({ event_type }) => event_type),
  },
  { path: "/webhook_verification_key/get", body: { key_id: "6c5516e1-92dc-479e-a8ff-5a51992e0001" } },
  { path: "/webhook_verification_key/get", body: { key_id: "malformed" } },
  { path: "/user/create", body: () => ({ client_user_id: `verification-${Date.now()}` }) },
  {
    path: "/sandbox/item/fire_webhook",
    body: (known) => ({ ...token(known), webhook_code: "DEFAULT_UPDATE" }),
  },
  { path: "/sandbox/item/reset_login", body: token },
  { path: "/accounts/get", body: token },
  { path: "/item/get", body: token, states: ({ item }) => item.error?.error_code },
  { path: "/item/remove", body: token },
  { path: "/item/get", body: token },
];

const { PLAID_CLIENT_ID, PLAID_SECRET, PLAID_BASE_URL = "https://sandbox.plaid.com" } = process.env;
if (!PLAID_CLIENT_ID || !PLAID_SECRET) {
  console.error("verify-plaid: PLAID_CLIENT_ID and PLAID_SECRET must be set, to keys of Plaid's Sandbox");
  process.exit(2);
}
const own = new PlaidSandbox();
const sandbox = caller(own.fetch, "https://sandbox.plaid.com", own.env.PLAID_CLIENT_ID, own.env.PLAID_SECRET);
const plaid = caller(fetch, PLAID_BASE_URL, PLAID_CLIENT_ID, PLAID_SECRET);
const lines = await differences(plaid, sandbox);
console.log([...lines, `${STEPS.length} calls, ${lines.length} differences`].join("\n"));
process.exitCode = lines.length > 0 ? 1 : 0;

/**
 * The differences between two Plaids, a line each.
 * @param {(path: string, body: object) => Promise<{ status: number, body: any }>} plaid
 * @param {typeof plaid} sandbox
 */
async function differences(plaid, sandbox) {
  const lines = [];
  const known = [{}, {}];
  for (const step of STEPS) {
    const bodies = known.map((own) => (typeof step.body === "function" ? step.body(own) : step.body));
    if (bodies.some((body) => Object.values(body).includes(undefined))) {
      lines.push(`${step.path}: not called, since an earlier call failed`);
      continue;
    }
    const [theirs, ours] = [
      await whenReady(plaid, step, bodies[0]),
      await whenReady(sandbox, step, bodies[1]),
    ];
    if (NOT_ALLOWED.includes(theirs.body?.error_code)) {
      lines.push(`${step.path}: not compared, since these keys may not call it (${theirs.body.error_code})`);
      continue;
    }
    lines.push(...compared(step, theirs, ours).map((line) => `${step.path}: ${line}`));
    [theirs, ours].forEach((response, at) => {
      if (response.status === 200) Object.assign(known[at], step.learn?.(response.body));
    });
  }
  return lines;
}

async function whenReady(call, { path, ready }, body) {
  for (let tries = 1; ; tries++) {
    const response = await call(path, body);
    const isReady =
      response.body?.error_code === "PRODUCT_NOT_READY"
        ? false
        : response.status !== 200 || !ready || ready(response.body);
    if (isReady || tries === TRIES) return response;
    // The first response of a sandbox without a network is often the only one that is not ready.
    if (tries > 1) await setTimeout(1_000);
  }
}

function compared({ states }, theirs, ours) {
  const lines = [];
  const say = (what, one, other) => {
    const [a, b] = [JSON.stringify(one), JSON.stringify(other)];
    if (a !== b) lines.push(`${what} is ${a} at Plaid, ${b} here`);
  };
  say("the status", theirs.status, ours.status);
  for (const name of ["error_type", "error_code"]) say(name, theirs.body?.[name], ours.body?.[name]);
  if (theirs.status !== ours.status) return lines;
  const [their, our] = [shapeOf(theirs.body), shapeOf(ours.body)];
  for (const place of [...new Set([...their.keys(), ...our.keys()])].sort()) {
    // What is below an absent field, or in an empty list, is absent too.
    const parent = place.replace(/(\[\]|\.[^.[\]]+)$/, "");
    const isComparable = (shape) =>
      parent === place || shape.get(parent)?.has(parent + "[]" === place ? "list" : "object");
    if (!isComparable(their) || !isComparable(our) || isEmptyList(their, our, place)) continue;
    const types = [their, our].map((shape) => [...(shape.get(place) ?? ["absent"])].sort());
    const [a, b] = types.map((list) => list.filter((type) => type !== "null"));
    // Null is a value of many fields, and says nothing of the type.
    const isNull = types.some((list) => list.every((type) => type === "null"));
    if (types.some((list) => list.includes("absent")) || (!isNull && String(a) !== String(b))) {
      say(`the type of ${place}`, types[0].join(" or "), types[1].join(" or "));
    }
  }
  if (theirs.status === 200 && states) say("the state", states(theirs.body), states(ours.body));
  return lines;
}

/** Whether one of two lists has no element to be compared. */
function isEmptyList(their, our, place) {
  return place.endsWith("[]") && (!their.has(place) || !our.has(place));
}

/** The types that stand at each place: `.accounts[].mask` is a string or null. */
function shapeOf(value, place = "", shape = new Map()) {
  const type = value === null ? "null" : Array.isArray(value) ? "list" : typeof value;
  shape.set(place, (shape.get(place) ?? new Set()).add(type));
  if (type === "list") value.forEach((element) => shapeOf(element, `${place}[]`, shape));
  else if (type === "object") {
    for (const [name, member] of Object.entries(value)) shapeOf(member, `${place}.${name}`, shape);
  }
  return shape;
}

/** What calls a Plaid by this `fetch`, with these keys. */
function caller(fetch, baseUrl, client_id, secret) {
  return async (path, body) => {
    const response = await fetch(baseUrl + path, {
      method: "POST",
      headers: { "content-type": "application/json", "plaid-client-id": client_id, "plaid-secret": secret },
      body: JSON.stringify(body),
    });
    return { status: response.status, body: await response.json().catch(() => null) };
  };
}
