// Its types come from openapi-typescript and weigh nothing here.

import createClient from "openapi-fetch";

export function create(baseUrl) {
  const client = createClient({
    baseUrl,
    headers: {
      "PLAID-CLIENT-ID": "5f1b0c0a9d3e4b0012345678",
      "PLAID-SECRET": "a0123456789abcdef0123456789abc",
    },
  });
  return async function authGet(accessToken, signal) {
    const { data, error, response } = await client.POST("/auth/get", {
      body: { access_token: accessToken },
      signal,
    });
    if (error) throw new Error(`Plaid responded with ${response.status} ${error.error_code}`);
    return data;
  };
}
