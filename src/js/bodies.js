// The bodies of requests, as JSON text; undefined where a value is not what it has to be.

import { isText } from "./values.js";

/** JSON text of an object; undefined where it comes out as anything else. */
export function json(value) {
  const text = JSON.stringify(value);
  return text.startsWith("{") ? text : undefined;
}

/** The body of /item/public_token/exchange. */
export function exchangeBody(publicToken) {
  return isText(publicToken) ? JSON.stringify({ public_token: publicToken }) : undefined;
}

/** The body of a request for an item's data, of all its accounts or of some. */
export function itemBody(accessToken, accountIds) {
  const options = accountIds && { account_ids: accountIds };
  return isText(accessToken) ? JSON.stringify({ access_token: accessToken, options }) : undefined;
}

/**
 * The body of /link/token/create: `overrides` over the call's own fields over the link settings, the user key by key.
 * With an access token Link opens in update mode, where products and account filters are not asked for.
 */
export function linkTokenBody(
  clientUserId,
  accessToken,
  overrides,
  clientName = "None",
  countryCodes = ["US"],
  language = "en",
  products = ["auth"],
  accountSubtypes = ["checking", "savings"],
) {
  const newItem = { products, account_filters: { depository: { account_subtypes: accountSubtypes } } };
  return json({
    client_name: clientName,
    country_codes: countryCodes,
    language,
    ...(accessToken === undefined ? newItem : { access_token: accessToken }),
    ...overrides,
    user: { client_user_id: clientUserId, ...overrides?.user },
  });
}
