// Called by other Workers over a service binding. It alone has Plaid's credentials.

import { WorkerEntrypoint } from "cloudflare:workers";
import { isPlaidError, PlaidAdapter, type PlaidEnv } from "plaid-edge";

// One for the isolate's lifetime.
let plaid: PlaidAdapter | undefined;

/** Errors lose their class and fields between Workers, so they are handed over as data. */
export type Result<T> = { value: T } | { error: { kind: string; code?: string; retryable: boolean } };

export default class Bank extends WorkerEntrypoint<PlaidEnv> {
  // A Worker must answer requests too, though nothing sends this one any.
  fetch() {
    return new Response("Not found", { status: 404 });
  }

  linkToken(user: string) {
    return this.#run(async (plaid) => (await plaid.createLinkToken(user)).link_token);
  }

  /** The accounts that the user has just linked. Keep the access token here, encrypted, if you need it again. */
  accounts(publicToken: string) {
    return this.#run(async (plaid) => {
      const { access_token } = await plaid.exchangePublicToken(publicToken);
      const { accounts } = await plaid.authRequest(access_token);
      return accounts.map(({ name, mask, subtype }) => ({ name, mask, subtype }));
    });
  }

  async #run<T>(call: (plaid: PlaidAdapter) => Promise<T>): Promise<Result<T>> {
    plaid ??= new PlaidAdapter(this.env);
    try {
      return { value: await call(plaid) };
    } catch (error) {
      if (!isPlaidError(error)) throw error;
      console.error(JSON.stringify(error)); // shows no secret
      return { error: { kind: error.kind, code: error.errorCode, retryable: error.retryable } };
    }
  }
}
