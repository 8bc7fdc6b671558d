import { plaid } from "../plaid.js";

export const runtime = "edge";

export async function POST(request) {
  try {
    const { webhook_type, webhook_code, item_id } = await plaid().verifyWebhook(request);
    console.log(webhook_type, webhook_code, item_id);
    return new Response(null, { status: 200 });
  } catch (error) {
    // 400: forged. 503: it could not be checked, so Plaid is to send it again.
    return new Response(null, { status: error.kind === "webhook" ? 400 : 503 });
  }
}
