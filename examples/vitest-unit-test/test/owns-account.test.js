import { PlaidAdapter, PlaidIdentityError } from "plaid-edge";
import { PlaidSandbox } from "plaid-edge/sandbox";
import { beforeEach, expect, test } from "vitest";
import { ownsAccount } from "../src/owns-account.js";

const sandbox = new PlaidSandbox();
// Retries would wait; what is tested here is what follows them.
const plaid = new PlaidAdapter(sandbox.env, { fetch: sandbox.fetch, maxRetries: 0 });
let accessToken;

beforeEach(async () => {
  sandbox.reset();
  const { public_token } = await plaid.request("/sandbox/public_token/create", {
    institution_id: "ins_109508",
    initial_products: ["identity"],
  });
  ({ access_token: accessToken } = await plaid.exchangePublicToken(public_token));
});

test("the owner is one, however the name is written", async () => {
  expect(await ownsAccount(plaid, accessToken, "alberta  bobbeth CHARLESON ")).toBe("yes");
});

test("nobody else is", async () => {
  expect(await ownsAccount(plaid, accessToken, "Bobbeth Charleson")).toBe("no");
});

test.each([{ errorCode: "INSTITUTION_DOWN" }, { status: 429 }, { networkError: true }])(
  "%j leaves it open",
  async (fault) => {
    sandbox.fail("/identity/get", fault);
    expect(await ownsAccount(plaid, accessToken, "Alberta Bobbeth Charleson")).toBe("unknown");
  },
);

test("a broken login is for the caller to see", async () => {
  await plaid.request("/sandbox/item/reset_login", { access_token: accessToken });
  const failure = await ownsAccount(plaid, accessToken, "Alberta Bobbeth Charleson").catch((error) => error);
  expect(failure).toBeInstanceOf(PlaidIdentityError);
  expect(failure.errorCode).toBe("ITEM_LOGIN_REQUIRED");
});
