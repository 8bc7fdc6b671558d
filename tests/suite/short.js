// The suite's short form, for tools that build with the package: what breaks there is loading it, not its rules.

const tests = {
  async "a link token"({ plaid }) {
    const { link_token } = await plaid.createLinkToken("user-1");
    if (!/^link-sandbox-/.test(link_token)) throw new Error(`link_token is ${link_token}`);
  },
  async "a verified webhook"({ plaid, sandbox }) {
    const signed = await sandbox.signWebhook({ webhook_type: "ITEM", webhook_code: "ERROR" });
    const { webhook_code } = await plaid.verifyWebhook(signed);
    if (webhook_code !== "ERROR") throw new Error(`webhook_code is ${webhook_code}`);
  },
  async "a forged webhook"({ plaid, sandbox }, { PlaidWebhookVerificationError }) {
    const { body, headers } = await sandbox.signWebhook({ webhook_type: "ITEM", webhook_code: "ERROR" });
    const error = await rejection(plaid.verifyWebhook({ body: body.replace("ITEM", "AUTH"), headers }));
    if (!(error instanceof PlaidWebhookVerificationError) || error.kind !== "webhook") throw error;
  },
  async "an error's class"({ plaid }, { PlaidExchangePublicTokenError, isPlaidError }) {
    const error = await rejection(plaid.exchangePublicToken("public-sandbox-none"));
    if (!(error instanceof PlaidExchangePublicTokenError) || !isPlaidError(error)) throw error;
    if (error.errorCode !== "INVALID_PUBLIC_TOKEN") throw error;
  },
};

/** Runs it with the exports of "plaid-edge" and "plaid-edge/sandbox". `userAgent` tells where it ran. */
export async function short(lib) {
  const failures = [];
  for (const [name, test] of Object.entries(tests)) {
    try {
      const sandbox = new lib.PlaidSandbox();
      await test({ sandbox, plaid: new lib.PlaidAdapter(sandbox.env, { fetch: sandbox.fetch }) }, lib);
    } catch (error) {
      failures.push({ name, message: String(error?.message ?? error), stack: String(error?.stack ?? "") });
    }
  }
  const failed = failures.length;
  const userAgent = globalThis.navigator?.userAgent;
  return { passed: Object.keys(tests).length - failed, failed, failures, userAgent };
}

async function rejection(promise) {
  const value = await promise.catch((error) => ({ error }));
  if (!("error" in value)) throw new Error(`expected a rejection, got ${JSON.stringify(value)}`);
  return value.error;
}
