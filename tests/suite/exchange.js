import { assert, assertEquals, assertError, assertMatch, assertRejects, rejection } from "./assert.js";
import { Clock } from "./clock.js";
import { assertInvalid } from "./invalid.js";
import { linked, publicToken } from "./sandboxed.js";
import { env, json, lost, plaidError, silence, text, upstream } from "./upstream.js";

export default function (test, lib) {
  const { PlaidAdapter, PlaidSandbox, PlaidExchangePublicTokenError, PlaidApiInternalServerError } = lib;

  test("the request and its answer", async () => {
    const answer = { access_token: "access-sandbox-1", item_id: "item-1", request_id: "request-1" };
    const { fetch, calls } = upstream(json(answer));
    assertEquals(await new PlaidAdapter(env, { fetch }).exchangePublicToken("public-sandbox-1"), answer);
    assertEquals(calls[0].url, "https://sandbox.plaid.com/item/public_token/exchange");
    assertEquals(calls[0].body, { public_token: "public-sandbox-1" });
  });

  test("a token works once in the sandbox", async () => {
    const sandbox = new PlaidSandbox();
    const adapter = new PlaidAdapter(sandbox.env, { fetch: sandbox.fetch });
    const token = await publicToken(adapter);
    const { access_token, item_id } = await adapter.exchangePublicToken(token);
    assert(access_token.startsWith("access-sandbox-") && item_id, access_token);
    const error = await assertRejects(
      () => adapter.exchangePublicToken(token),
      PlaidExchangePublicTokenError,
      {
        kind: "api",
        status: 400,
        errorType: "INVALID_INPUT",
        errorCode: "INVALID_PUBLIC_TOKEN",
        attempts: 1,
        retryable: false,
      },
    );
    assertEquals(error.cause, undefined);
    assert(!/earlier attempt/.test(error.message), error.message);
  });

  /** The sandbox exchanges the token, but the first answer doesn't arrive. */
  async function loseFirstAnswer(clock, loss) {
    const sandbox = new PlaidSandbox();
    let isFirst = true;
    let exchanged;
    const isExchanged = new Promise((resolve) => (exchanged = resolve));
    async function fetch(url, init) {
      const answer = await sandbox.fetch(url, init);
      if (!url.endsWith("/exchange") || !isFirst) return answer;
      isFirst = false;
      exchanged();
      return loss(url, init);
    }
    const adapter = new PlaidAdapter(sandbox.env, { fetch, timeoutMs: 7000 });
    const token = await publicToken(adapter);
    const failed = assertRejects(() => adapter.exchangePublicToken(token), PlaidExchangePublicTokenError);
    await isExchanged;
    if (loss === silence) await clock.fire(7000);
    await clock.fire(250);
    return assertError(await failed, PlaidExchangePublicTokenError, {
      kind: "api",
      errorCode: "INVALID_PUBLIC_TOKEN",
      attempts: 2,
    });
  }

  for (const [what, loss, Class, kind] of [
    ["the connection was lost", lost(), PlaidExchangePublicTokenError, "network"],
    ["the time ran out", silence, PlaidExchangePublicTokenError, "timeout"],
    ["a proxy answered 502", text("Bad Gateway", 502), PlaidApiInternalServerError, "server"],
  ]) {
    test(`says that the token was probably used up when ${what} first`, () =>
      Clock.run(async (clock) => {
        const error = await loseFirstAnswer(clock, loss);
        assertMatch(error.message, /earlier attempt/);
        assertError(error.cause, Class, { kind, attempts: 1 });
      }));
  }

  test("a first attempt that was refused by 429 used nothing up", () =>
    Clock.run(async (clock) => {
      const { fetch } = upstream(plaidError(429, "RATE_LIMIT"), plaidError(400, "INVALID_PUBLIC_TOKEN"));
      const failed = assertRejects(
        () => new PlaidAdapter(env, { fetch }).exchangePublicToken("public-sandbox-1"),
        PlaidExchangePublicTokenError,
        { errorCode: "INVALID_PUBLIC_TOKEN", attempts: 2 },
      );
      await clock.fire(250);
      const error = await failed;
      assertEquals(error.cause, undefined);
      assert(!/earlier attempt/.test(error.message), error.message);
    }));

  test("of several lost answers the first is the cause", () =>
    Clock.run(async (clock) => {
      const first = new TypeError("the first");
      const { fetch } = upstream(lost(first), text("", 503), plaidError(400, "INVALID_PUBLIC_TOKEN"));
      const failed = assertRejects(
        () => new PlaidAdapter(env, { fetch }).exchangePublicToken("public-sandbox-1"),
        PlaidExchangePublicTokenError,
        { attempts: 3, message: /earlier attempt/ },
      );
      await clock.fire(250);
      await clock.fire(500);
      assertEquals((await failed).cause.cause.message, first.message);
    }));

  for (const [what, call, code] of [
    ["another error", (adapter) => adapter.exchangePublicToken("public-sandbox-1"), "INVALID_FIELD"],
    ["another operation", (adapter) => adapter.authRequest("access-sandbox-1"), "INVALID_PUBLIC_TOKEN"],
  ]) {
    test(`${what} after a lost answer says nothing of a used-up token`, () =>
      Clock.run(async (clock) => {
        const { fetch } = upstream(lost(), plaidError(400, code));
        const failed = rejection(() => call(new PlaidAdapter(env, { fetch })));
        await clock.fire(250);
        const error = await failed;
        assertEquals([error.errorCode, error.attempts, error.cause], [code, 2, undefined]);
        assert(!/earlier attempt/.test(error.message), error.message);
      }));
  }

  test("an Item can be used with its token", async () => {
    const { adapter, accessToken, itemId } = await linked(lib);
    assertEquals((await adapter.request("/item/get", { access_token: accessToken })).item.item_id, itemId);
  });

  for (const wrong of [undefined, null, "", "  ", 1, {}, ["public-sandbox-1"]]) {
    test(`refuses ${JSON.stringify(wrong)} as a token`, () =>
      assertInvalid(lib, PlaidExchangePublicTokenError, /publicToken/, (adapter) =>
        adapter.exchangePublicToken(wrong),
      ));
  }
}
