import { PlaidAdapter, PlaidAdapterError, type PlaidEnv } from "plaid-edge";

interface Env extends PlaidEnv {
  /** The access token of each user. Encrypt it before you store it for real. */
  TOKENS: KVNamespace;
}

// One for the isolate's lifetime.
let plaid: PlaidAdapter | undefined;

export default {
  async fetch(request, env) {
    plaid ??= new PlaidAdapter(env);
    const user = "user-1"; // from your login
    const { origin, pathname } = new URL(request.url);
    try {
      switch (`${request.method} ${pathname}`) {
        case "POST /link-token":
          return Response.json(await linkToken(plaid, user, `${origin}/webhook`));
        case "POST /exchange":
          return await exchange(plaid, user, request, env);
        case "GET /accounts":
          return await accounts(plaid, user, env);
        case "POST /webhook":
          return await webhook(plaid, request);
        default:
          return new Response("Not found", { status: 404 });
      }
    } catch (error) {
      return failure(error);
    }
  },
} satisfies ExportedHandler<Env>;

async function linkToken(plaid: PlaidAdapter, user: string, webhook: string) {
  const { link_token } = await plaid.createLinkToken(user, { overrides: { webhook } });
  return { link_token };
}

async function exchange(plaid: PlaidAdapter, user: string, request: Request, env: Env) {
  const { public_token } = await request.json<{ public_token: string }>();
  const { access_token } = await plaid.exchangePublicToken(public_token);
  await env.TOKENS.put(user, access_token);
  return new Response(null, { status: 204 });
}

async function accounts(plaid: PlaidAdapter, user: string, env: Env) {
  const accessToken = await env.TOKENS.get(user);
  if (!accessToken) return new Response("Link an account first", { status: 404 });
  const { accounts } = await plaid.authRequest(accessToken);
  return Response.json(accounts.map(({ name, mask, subtype }) => ({ name, mask, subtype })));
}

async function webhook(plaid: PlaidAdapter, request: Request) {
  const { webhook_type, webhook_code } = await plaid.verifyWebhook(request);
  console.log(webhook_type, webhook_code);
  return new Response(null, { status: 200 });
}

/** What the caller may know; the rest goes to the log, where an error shows no secret. */
function failure(error: unknown) {
  if (!(error instanceof PlaidAdapterError)) throw error;
  console.error(JSON.stringify(error));
  const status =
    { webhook: 400, invalid_argument: 400, api: 422, rate_limit: 429 }[error.kind as string] ?? 503;
  return Response.json({ code: error.errorCode, message: error.displayMessage }, { status });
}
