import { plaid } from "../plaid.js";

export const runtime = "edge";

// 400: the webhook is bad. 500: this program is wrong. Anything else is 503, so that Plaid sends it again.
const STATUSES = { webhook: 400, invalid_argument: 500, configuration: 500 };

export async function POST(request) {
  try {
    const { webhook_type, webhook_code, item_id } = await plaid().verifyWebhook(request);
    console.log(webhook_type, webhook_code, item_id);
    return new Response(null, { status: 200 });
  } catch (error) {
    console.warn(String(error)); // contains no secret
    return new Response(null, { status: STATUSES[error.kind] ?? 503 });
  }
}
