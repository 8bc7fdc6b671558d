import { createServer } from "node:http";
import { PlaidAdapter } from "plaid-edge";

const plaid = new PlaidAdapter(process.env);
const MAX_BYTES = 1024 * 1024;
// 400: the webhook is bad. 500: this program is wrong. Anything else is 503, so that Plaid sends it again.
const STATUSES = { webhook: 400, invalid_argument: 500, configuration: 500 };

const server = createServer(async (request, response) => {
  const route = { "POST /link-token": linkToken, "POST /webhook": webhook }[
    `${request.method} ${request.url}`
  ];
  if (!route) return response.writeHead(404).end("Not found");
  try {
    await route(request, response);
  } catch (error) {
    console.error(JSON.stringify(error));
    response.writeHead(503).end();
  }
});
server.listen(Number(process.env.PORT ?? 3000));

async function linkToken(_request, response) {
  const { link_token } = await plaid.createLinkToken("user-1"); // from your login
  response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ link_token }));
}

async function webhook(request, response) {
  const body = await read(request);
  if (!body) return response.writeHead(413).end();
  try {
    const { webhook_type, webhook_code, item_id } = await plaid.verifyWebhook({
      body,
      headers: request.headers,
    });
    console.log(webhook_type, webhook_code, item_id);
    response.writeHead(200).end();
  } catch (error) {
    console.warn(String(error)); // contains no secret
    response.writeHead(STATUSES[error.kind] ?? 503).end();
  }
}

/** The raw body, which is what was signed; nothing if it is too large. */
async function read(request) {
  const chunks = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > MAX_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
