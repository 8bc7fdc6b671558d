import { Configuration, PlaidApi } from "plaid";

export function create(baseUrl) {
  const plaid = new PlaidApi(
    new Configuration({
      basePath: baseUrl,
      baseOptions: {
        headers: {
          "PLAID-CLIENT-ID": "5f1b0c0a9d3e4b0012345678",
          "PLAID-SECRET": "a0123456789abcdef0123456789abc",
        },
      },
    }),
  );
  return async (accessToken, signal) =>
    (await plaid.authGet({ access_token: accessToken }, signal && { signal })).data;
}
