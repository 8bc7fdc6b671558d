// Adapters on the in-process sandbox.

/** A sandbox, an adapter on it, and the access token of an Item with `products`. */
export async function linked({ PlaidAdapter, PlaidSandbox }, products = ["auth", "identity"], options) {
  const sandbox = new PlaidSandbox();
  const adapter = new PlaidAdapter(sandbox.env, { fetch: sandbox.fetch, ...options });
  const { access_token, item_id } = await adapter.exchangePublicToken(await publicToken(adapter, products));
  return { sandbox, adapter, accessToken: access_token, itemId: item_id };
}

export async function publicToken(adapter, initial_products = ["auth"]) {
  const body = { institution_id: "ins_109508", initial_products };
  return (await adapter.request("/sandbox/public_token/create", body)).public_token;
}

/** Bank transfers from the Item's checking account, each of which is an event. */
export async function makeBankTransfers({ adapter, accessToken }, count) {
  const { accounts } = await adapter.authRequest(accessToken);
  const checking = accounts.find((account) => account.subtype === "checking");
  const transfers = [];
  for (let n = 0; n < count; n++) {
    const { bank_transfer } = await adapter.request("/bank_transfer/create", {
      idempotency_key: `key-${n}`,
      access_token: accessToken,
      account_id: checking.account_id,
      type: "credit",
      network: "ach",
      ach_class: "ppd",
      amount: "1.00",
      iso_currency_code: "USD",
      description: "test",
      user: { legal_name: "Alberta Bobbeth Charleson" },
    });
    transfers.push(bank_transfer);
  }
  return transfers;
}
