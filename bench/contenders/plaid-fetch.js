import { Configuration, PlaidApi } from "plaid-fetch";

export function create(baseUrl) {
  const plaid = new PlaidApi(
    new Configuration({
      basePath: baseUrl,
      headers: {
        "PLAID-CLIENT-ID": "5f1b0c0a9d3e4b0012345678",
        "PLAID-SECRET": "a0123456789abcdef0123456789abc",
      },
    }),
  );
  return (accessToken, signal) => plaid.authGet({ access_token: accessToken }, signal && { signal });
}
