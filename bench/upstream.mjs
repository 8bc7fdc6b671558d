// Plaid's side of the measurements: /auth/get on loopback, its answers built beforehand, one per account count.
// The access token says which is wanted: "access-bench-200". "access-bench-hang" is never answered,
// "access-bench-slow" after 300 ms. Writes its port to standard output.

import { createServer } from "node:http";

const SLOW_MS = 300;
const answers = new Map();

const server = createServer((request, response) => {
  const chunks = [];
  request.on("data", (chunk) => chunks.push(chunk));
  request.on("end", () => {
    const wanted = JSON.parse(Buffer.concat(chunks)).access_token.split("-")[2];
    if (wanted === "hang") return;
    if (wanted === "slow") setTimeout(send, SLOW_MS, response, 4);
    else send(response, Number(wanted));
  });
});
server.keepAliveTimeout = 0;
server.listen(Number(process.argv[2] ?? 0), "127.0.0.1", () => console.log(server.address().port));

function send(response, accounts) {
  if (!answers.has(accounts)) answers.set(accounts, Buffer.from(JSON.stringify(authAnswer(accounts))));
  const body = answers.get(accounts);
  response.writeHead(200, { "content-type": "application/json", "content-length": body.length });
  response.end(body);
}

function authAnswer(count) {
  const accounts = Array.from({ length: count }, (_, index) => account(index));
  return {
    accounts,
    item: {
      available_products: ["balance", "identity", "transactions"],
      billed_products: ["auth"],
      consent_expiration_time: null,
      error: null,
      institution_id: "ins_109508",
      item_id: "eVBnVMp7zdTJLkRNr33Rs6zr7KNJqBFL9DrE6",
      update_type: "background",
      webhook: "https://example.com/webhook",
    },
    numbers: { ach: accounts.map(ach), bacs: [], eft: [], international: [] },
    request_id: "m8MDnv9okwxFNBV",
  };
}

function account(index) {
  return {
    account_id: `vzeNDwK7KQIm4yEog683uElbp9GRLEF${String(index).padStart(6, "0")}`,
    balances: {
      available: 100 + index,
      current: 110.25 + index,
      iso_currency_code: "USD",
      limit: null,
      unofficial_currency_code: null,
    },
    mask: String(index % 10_000).padStart(4, "0"),
    name: "Plaid Checking",
    official_name: "Plaid Gold Standard 0% Interest Checking",
    subtype: "checking",
    type: "depository",
  };
}

function ach({ account_id, mask }) {
  return {
    account: `111122223333${mask}`,
    account_id,
    can_transfer_in: true,
    can_transfer_out: true,
    is_tokenized_account_number: false,
    routing: "011401533",
    wire_routing: "021000021",
  };
}
