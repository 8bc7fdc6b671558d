/**
 * What the page knows. Tokens for Link are kept here only as long as they are needed; access tokens never
 * reach the page.
 */
export const state = {
  session: null, // GET /api/session
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
  owner: null, // the first owner's name, for transfers
  transfers: [],
  activity: { cursor: 0, events: [], webhooks: [] },
  broken: new Set(), // scenarios tried
};

const listeners = [];

export function onChange(listener) {
  listeners.push(listener);
}

export function change(values) {
  Object.assign(state, values);
  for (const listener of listeners) listener();
}
