// Stands for a program of yours, in whatever language: it lists the accounts of a new Item, and prints its webhooks.

import { createServer } from "node:http";

const { PLAID_BASE_URL, PLAID_CLIENT_ID, PLAID_SECRET } = process.env;
const port = Number(process.env.PORT ?? 3000);
const webhook = process.env.WEBHOOK_URL ?? "http://app:3000/webhook";

async function plaid(path, body) {
  const response = await fetch(PLAID_BASE_URL + path, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "plaid-client-id": PLAID_CLIENT_ID,
      "plaid-secret": PLAID_SECRET,
    },
    body: JSON.stringify(body),
  });
  return response.json();
}

createServer(async (request, response) => {
  if (request.url === "/webhook") {
    const chunks = await request.toArray();
    const { webhook_code } = JSON.parse(Buffer.concat(chunks).toString());
    console.log(`webhook ${webhook_code}`);
    return response.end();
  }
  const { public_token } = await plaid("/sandbox/public_token/create", {
    institution_id: "ins_109508",
    initial_products: ["auth"],
    options: { webhook },
  });
  const { access_token } = await plaid("/item/public_token/exchange", { public_token });
  const { accounts } = await plaid("/accounts/get", { access_token });
  await plaid("/sandbox/item/reset_login", { access_token }); // brings a webhook about
  response.end(JSON.stringify(accounts.map(({ name }) => name)));
}).listen(port, () => console.log(`listening on ${port}`));
