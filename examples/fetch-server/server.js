import process from "node:process";
import { PlaidAdapter } from "plaid-edge";

const plaid = new PlaidAdapter(process.env);

// 400: the webhook is bad. 500: this program is wrong. Anything else is 503, so that Plaid sends it again.
const STATUSES = { webhook: 400, invalid_argument: 500, configuration: 500 };

export default {
  async fetch(request) {
    switch (`${request.method} ${new URL(request.url).pathname}`) {
      case "POST /link-token":
        return linkToken();
      case "POST /webhook":
        return webhook(request);
      default:
        return new Response("Not found", { status: 404 });
    }
  },
};

async function linkToken() {
  const { link_token } = await plaid.createLinkToken("user-1"); // from your login
  return Response.json({ link_token });
}

async function webhook(request) {
  try {
    const { webhook_type, webhook_code, item_id } = await plaid.verifyWebhook(request);
    console.log(webhook_type, webhook_code, item_id);
    return new Response(null, { status: 200 });
  } catch (error) {
    console.warn(String(error)); // contains no secret
    return new Response(null, { status: STATUSES[error.kind] ?? 503 });
  }
}
