/** What is before a fragment: a user has linked an account, and the adapter talks to the sandbox. */
export const linked = `
const sandbox = new PlaidSandbox();
const plaid = new PlaidAdapter(sandbox.env, { fetch: sandbox.fetch });
const link = () =>
  plaid.request("/sandbox/public_token/create", {
    institution_id: "ins_109508",
    initial_products: ["auth", "identity", "transactions"],
  });
const { public_token: publicToken } = await link();
const { access_token: accessToken } = await plaid.exchangePublicToken((await link()).public_token);
`;
