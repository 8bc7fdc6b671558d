import process from "node:process";
import { PlaidAdapter } from "plaid-edge";

const plaid = new PlaidAdapter(process.env);

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
    // 400: forged. 503: it could not be checked, so Plaid is to send it again.
    return new Response(null, { status: error.kind === "webhook" ? 400 : 503 });
  }
}
