import { plaid } from "../plaid.js";

export const runtime = "edge";

export async function POST() {
  const { link_token } = await plaid().createLinkToken("user-1"); // from your login
  return Response.json({ link_token });
}
