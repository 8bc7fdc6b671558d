/** The tests of both forms. In jsdom there is no fetch and no TextDecoder: there, importing works, using says so. */
exports.tests = (lib, short, jest) => {
  if (typeof TextDecoder === "undefined") {
    test("names what the environment lacks", () => {
      expect(() => new lib.PlaidSandbox().fail("/auth/get", { status: 500 })).toThrow(
        /^plaid-edge needs Text(En|De)coder/,
      );
      expect(
        () => new lib.PlaidAdapter({ PLAID_CLIENT_ID: "a", PLAID_SECRET: "b", PLAID_ENV: "sandbox" }),
      ).toThrow(/^plaid-edge needs Text(En|De)coder/);
    });
    return;
  }

  test("the suite's short form", async () => {
    expect(await short(lib)).toMatchObject({ failures: [] });
  });

  test("the same under fake timers", async () => {
    jest.useFakeTimers();
    expect(await short(lib)).toMatchObject({ failures: [] });
  });

  test("retries under fake timers", async () => {
    jest.useFakeTimers();
    const sandbox = new lib.PlaidSandbox();
    const plaid = new lib.PlaidAdapter(sandbox.env, { fetch: sandbox.fetch });
    sandbox.fail("/link/token/create", { status: 503, times: 2 });
    const response = plaid.createLinkToken("user-1");
    await jest.runAllTimersAsync();
    expect(await response).toHaveProperty("link_token");
    expect(sandbox.requests()).toHaveLength(3);
  });

  afterEach(() => jest.useRealTimers());
};
