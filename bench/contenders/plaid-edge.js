import { PlaidAdapter } from "plaid-edge";

export function create(baseUrl) {
  const plaid = new PlaidAdapter({
    PLAID_CLIENT_ID: "5f1b0c0a9d3e4b0012345678",
    PLAID_SECRET: "a0123456789abcdef0123456789abc",
    PLAID_BASE_URL: baseUrl,
  });
  return (accessToken, signal) => plaid.authRequest(accessToken, signal && { signal });
}
