// The client that lib/generate.mjs has @hey-api/openapi-ts make.

import { authGet, createClient, createConfig } from "hey-api-client";

export function create(baseUrl) {
  const client = createClient(
    createConfig({
      baseUrl,
      headers: {
        "PLAID-CLIENT-ID": "5f1b0c0a9d3e4b0012345678",
        "PLAID-SECRET": "a0123456789abcdef0123456789abc",
      },
      throwOnError: true,
    }),
  );
  return async (accessToken, signal) =>
    (await authGet({ client, body: { access_token: accessToken }, signal })).data;
}
