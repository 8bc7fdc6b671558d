/**
 * What the page knows. Link and public tokens are kept only as long as they are needed; access tokens never
 * reach the page.
 */
export const state = {
  ready: false, // whether the session is known
  session: {
    environment: null,
    localSandbox: false,
    linkScript: null,
    webhookUrl: null,
    items: [],
    transfers: [],
    endsAt: null,
  },
  settings: {
    clientName: "Northwind Savings",
    products: ["auth", "identity"],
    accountSubtypes: ["checking", "savings"],
    countryCodes: ["US"],
    language: "en",
  },
  linkToken: null, // { link_token, expiration }
  publicToken: null, // { token, institution }
  itemId: null,
  auth: null, // { accounts, numbers, item }
  identity: null,
  transfers: [],
  activity: { version: "", cursor: 0, events: [], webhooks: [] },
  live: "connecting", // or "live", or "offline"
  sent: [], // kinds of webhooks sent
  tried: [], // failure scenarios that were run
};

const listeners = [];

export function onChange(listener) {
  listeners.push(listener);
}

export function change(values) {
  Object.assign(state, values);
  if (REMEMBERED.some((name) => name in values)) remember();
  for (const listener of listeners) listener();
}

/** The settings for Link, both as they are sent and as the code shows them. */
export function linkSettings() {
  const { clientName, products, accountSubtypes, countryCodes, language } = state.settings;
  return {
    clientName,
    products,
    // An empty list is not sent: plaid-edge then uses its default, checking and savings.
    ...(accountSubtypes.length > 0 && { accountSubtypes }),
    countryCodes,
    language,
  };
}

/** The name that a transfer is made for: the first owner's, as the bank has it. */
export function ownerName() {
  return state.identity?.accounts[0]?.owners[0]?.names[0] ?? "Alberta Charleson";
}

/* What survives a reload, in this tab only. None of it is a token. */

const REMEMBERED = ["settings", "itemId", "auth", "identity", "sent", "tried"];
const KEY = "plaid-edge-demo";

function remember() {
  const kept = Object.fromEntries(REMEMBERED.map((name) => [name, state[name]]));
  sessionStorage.setItem(KEY, JSON.stringify(kept));
}

export function forget() {
  sessionStorage.removeItem(KEY);
}

/** What was remembered; what belongs to an item only if the session still has that item. */
export function recall(items) {
  let kept;
  try {
    kept = JSON.parse(sessionStorage.getItem(KEY)) ?? {};
  } catch {
    return {};
  }
  if (items.some((item) => item.item_id === kept.itemId)) return kept;
  return kept.settings ? { settings: kept.settings } : {};
}
