// The stand-in for Plaid Link, in Chromium: driven by role and name, as a user's own tests drive it.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { accessibilityProblems } from "../accessibility.js";
import { problemOf } from "./types.js";
import { World } from "./world.js";

const DOCS = readFileSync(new URL("../../docs/sandbox.md", import.meta.url), "utf8");
const AsyncFunction = (async () => {}).constructor;

const world = new World();
before(() => world.start());
after(() => world.stop());

const button = (link, name) => link.getByRole("button", { name, exact: true });
const field = (link, name) => link.getByRole("textbox", { name, exact: true });

async function logIn(link, { bank = "First Platypus Bank", username, password } = {}) {
  if (bank) await button(link, bank).click();
  if (username) await field(link, "Username").fill(username);
  if (password) await field(link, "Password").fill(password);
  await button(link, "Continue").click();
}

describe("a page with Plaid.create", () => {
  test("a login gives onSuccess a public token that can be exchanged", async () => {
    const token = await world.linkToken();
    const { page, link, called, events, strangers, errors, close, calls } = await world.openLink(token);
    await logIn(link, { username: "user_good", password: "pass_good" });
    const [publicToken, metadata] = await called("onSuccess");
    assert.match(publicToken, /^public-sandbox-/);
    assert.equal(problemOf("PlaidLinkOnSuccessMetadata", metadata), null);
    assert.deepEqual(metadata.institution, { name: "First Platypus Bank", institution_id: "ins_109508" });
    assert.equal(await page.locator("iframe, dialog").count(), 0);
    assert.equal(await page.evaluate(() => document.activeElement.id), "open", "the focus is back");

    assert.deepEqual(await events(), [
      "OPEN",
      "SELECT_INSTITUTION",
      "SELECT_INSTITUTION",
      "CREDENTIAL",
      "SUBMIT_CREDENTIALS",
      "LOADING",
      "CONNECTED",
      "HANDOFF",
    ]);
    for (const [, event, details] of await calls("onEvent")) {
      assert.equal(problemOf("PlaidLinkOnEventMetadata", details), null, event);
      assert.equal(details.link_session_id, metadata.link_session_id, event);
    }
    assert.equal((await calls("onLoad")).length, 1);
    assert.deepEqual(await calls("onExit"), []);

    const exchanged = await world.sandbox.plaid("/item/public_token/exchange", { public_token: publicToken });
    const { accounts } = await world.sandbox.plaid("/accounts/get", { access_token: exchanged.access_token });
    assert.deepEqual(
      accounts.map(({ account_id }) => account_id),
      metadata.accounts.map(({ id }) => id),
    );
    const { link_sessions } = await world.sandbox.plaid("/link/token/get", { link_token: token });
    assert.equal(link_sessions[0].link_session_id, metadata.link_session_id);
    assert.deepEqual([strangers, errors], [[], []]);
    await close();
  });

  test("with both fields empty, the test user logs in", async () => {
    const { link, called, close } = await world.openLink(await world.linkToken());
    await logIn(link, { bank: "Tartan Bank" });
    assert.equal((await called("onSuccess"))[1].institution.name, "Tartan Bank");
    await close();
  });

  for (const [password, type] of [
    ["error_ITEM_LOCKED", "ITEM_ERROR"],
    ["error_INSTITUTION_DOWN", "INSTITUTION_ERROR"],
    ["a wrong one", "ITEM_ERROR"],
  ]) {
    test(`the password "${password}" is refused, and the user can try again or leave`, async () => {
      const code = /^error_(.*)/.exec(password)?.[1] ?? "INVALID_CREDENTIALS";
      const { link, called, calls, close } = await world.openLink(await world.linkToken());
      await logIn(link, { username: "user_good", password });
      await link.getByRole("alert").filter({ hasText: code }).waitFor();
      const told = (await calls("onEvent")).find(([, event]) => event === "ERROR")[2];
      assert.deepEqual([told.error_type, told.error_code], [type, code]);
      assert.deepEqual(await calls("onExit"), []);

      await button(link, "Exit").click();
      const [error, metadata] = await called("onExit");
      assert.equal(problemOf("PlaidLinkError", error), null);
      assert.equal(problemOf("PlaidLinkOnExitMetadata", metadata), null);
      assert.deepEqual([error.error_type, error.error_code], [type, code]);
      assert.equal(metadata.status, "requires_credentials");
      assert.equal(metadata.institution.name, "First Platypus Bank");
      const [, last, details] = (await calls("onEvent")).at(-1);
      assert.deepEqual(
        [last, details.exit_status, details.error_code],
        ["EXIT", "requires_credentials", code],
      );
      await close();
    });
  }

  test("after a refusal, the right password links the account with the same link token", async () => {
    const { link, called, close } = await world.openLink(await world.linkToken());
    await logIn(link, { password: "error_INVALID_CREDENTIALS" });
    await link.getByRole("alert").filter({ hasText: "INVALID_CREDENTIALS" }).waitFor();
    await logIn(link, { bank: null, password: "pass_good" });
    await called("onSuccess");
    await close();
  });

  test("a bank that is down refuses everybody", async () => {
    const { link, close } = await world.openLink(await world.linkToken());
    await logIn(link, { bank: "Unhealthy Platypus Bank" });
    await link.getByRole("alert").filter({ hasText: "INSTITUTION_DOWN" }).waitFor();
    await button(link, "Other banks").click();
    await button(link, "Tartan Bank").waitFor();
    await close();
  });

  test("a failure that a test asks for is shown", async () => {
    const { link, close } = await world.openLink(await world.linkToken());
    const fault = {
      path: "/sandbox/plaid_edge/link/complete",
      status: 500,
      errorType: "API_ERROR",
      errorCode: "INTERNAL_SERVER_ERROR",
    };
    await world.sandbox.post("/control/fail", fault);
    await logIn(link);
    await link.getByRole("alert").filter({ hasText: "INTERNAL_SERVER_ERROR" }).waitFor();
    await close();
  });

  for (const [how, leave] of [
    ["the button", ({ link }) => button(link, "Exit").click()],
    ["Escape", ({ page }) => page.keyboard.press("Escape")],
    ["handler.exit()", ({ page }) => page.evaluate(() => window.handler.exit())],
    [
      "handler.exit({ force: true })",
      ({ page }) => page.evaluate(() => window.handler.exit({ force: true })),
    ],
  ]) {
    test(`${how} leaves without an error, and Link can be opened again`, async () => {
      const opened = await world.openLink(await world.linkToken());
      const { page, link, called, close } = opened;
      await button(link, "Tartan Bank").waitFor();
      await leave(opened);
      const [error, metadata] = await called("onExit");
      assert.equal(error, null);
      assert.deepEqual([metadata.institution, metadata.status], [null, "institution_not_found"]);
      await page.locator("iframe").waitFor({ state: "detached" });
      await button(page, "Link a bank").click();
      await logIn(link);
      await called("onSuccess");
      await close();
    });
  }

  test("destroy removes Link and calls nothing", async () => {
    const { page, link, calls, errors, close } = await world.openLink(await world.linkToken());
    await button(link, "Tartan Bank").waitFor();
    await page.evaluate(() => window.handler.destroy());
    assert.equal(await page.locator("iframe, dialog").count(), 0);
    await page.evaluate(() => window.handler.open());
    assert.equal(await page.locator("iframe, dialog").count(), 0);
    assert.deepEqual([await calls("onExit"), errors], [[], []]);
    await close();
  });

  test("update mode repairs the Item at its own bank", async () => {
    const { access_token, item_id } = await world.item();
    await world.sandbox.plaid("/sandbox/item/reset_login", { access_token });
    const { link, called, calls, close } = await world.openLink(await world.linkToken({ access_token }));
    await link.getByRole("dialog", { name: "Log in again at Tartan Bank" }).waitFor();
    assert.equal(await button(link, "Other banks").count(), 0);
    await logIn(link, { bank: null, password: "pass_good" });
    const [publicToken, metadata] = await called("onSuccess");
    assert.match(publicToken, /^public-sandbox-/);
    assert.equal(metadata.institution.institution_id, "ins_109511");
    assert.equal((await calls("onEvent"))[0][2].is_update_mode, "true");
    const { item } = await world.sandbox.plaid("/item/get", { access_token });
    assert.deepEqual([item.item_id, item.error], [item_id, null]);
    await close();
  });

  test("a link token that can't be used is said to be, and onExit is told", async () => {
    const token = await world.linkToken();
    await world.sandbox.plaid("/sandbox/plaid_edge/link/complete", { link_token: token });
    const { link, called, close } = await world.openLink(token);
    await link.getByText("INVALID_LINK_TOKEN").waitFor();
    await button(link, "Exit").click();
    assert.equal((await called("onExit"))[0].error_code, "INVALID_LINK_TOKEN");
    await close();
  });

  test("back from a bank's own page, Link goes on by itself", async () => {
    const receivedRedirectUri = `${world.origin}/return?oauth_state_id=1`;
    const { called, close } = await world.openLink(await world.linkToken(), { receivedRedirectUri });
    assert.equal((await called("onSuccess"))[1].institution.name, "Platypus OAuth Bank");
    await close();
  });

  test("submit is for Layer, which is not available", async () => {
    const { page, called, close } = await world.openLink(await world.linkToken());
    await page.evaluate(() => window.handler.submit({ phone_number: "+14155550123" }));
    await page.waitForFunction(() => window.calls.some(([, event]) => event === "LAYER_NOT_AVAILABLE"));
    assert.ok(await called("onEvent"));
    await close();
  });

  test("a configuration that can't work is refused by name", async () => {
    const { page, close } = await world.open("/plain");
    const refusal = (config) =>
      page.evaluate((values) => {
        const onSuccess = values.noSuccess ? undefined : () => {};
        try {
          window.Plaid.create({ onSuccess, ...values });
        } catch (error) {
          return error.message;
        }
      }, config);
    assert.match(await refusal({}), /token must be a link token/);
    assert.match(await refusal({ token: "t", noSuccess: true }), /onSuccess must be a function/);
    assert.match(await refusal({ token: "t", onExit: "x" }), /onExit must be a function/);
    assert.match(await refusal({ token: "t", receivedRedirectUri: "https://a.example/" }), /oauth_state_id/);
    await close();
  });
});

describe("for everybody", () => {
  for (const colorScheme of ["light", "dark"]) {
    test(`axe finds nothing, ${colorScheme}; and it fits at 400 %`, async () => {
      const viewport = { width: 320, height: 256 };
      const { page, link, close } = await world.openLink(
        await world.linkToken(),
        {},
        { colorScheme, viewport },
      );
      const frame = () => page.frames().find((candidate) => candidate.url().endsWith("/link.html"));
      const look = async () => {
        assert.deepEqual(await accessibilityProblems(frame()), []);
        assert.ok(await frame().evaluate(() => document.documentElement.scrollWidth <= innerWidth));
      };
      await button(link, "Tartan Bank").waitFor();
      await look();
      await logIn(link, { password: "error_ITEM_LOCKED" });
      await link.getByRole("alert").filter({ hasText: "ITEM_LOCKED" }).waitFor();
      await look();
      await close();
    });
  }

  test("the keyboard is enough, and the focus stays in the dialog", async () => {
    const { page, link, called, close } = await world.openLink(await world.linkToken());
    const frame = () => page.frames().find((candidate) => candidate.url().endsWith("/link.html"));
    const focused = () => frame().evaluate(() => document.activeElement.textContent);
    await link.getByRole("dialog", { name: "Select your bank", exact: true }).waitFor();
    const controls = await link.getByRole("button").count();
    const seen = new Set();
    for (let count = 0; count < 2 * controls; count += 1) {
      await page.keyboard.press("Tab");
      seen.add(await focused());
    }
    assert.equal(seen.size + 1, controls, "two banks have the same name");
    while ((await focused()) !== "Houndstooth Bank") await page.keyboard.press("Shift+Tab");
    await page.keyboard.press("Enter");
    await link.getByRole("dialog", { name: "Houndstooth Bank", exact: true }).waitFor();
    await page.keyboard.type("user_good");
    await page.keyboard.press("Tab");
    await page.keyboard.type("pass_good");
    await page.keyboard.press("Enter");
    await called("onSuccess");
    await close();
  });
});

describe("react-plaid-link", () => {
  test("with the sandbox's script in the page, its own is not loaded", async () => {
    const { page, link, called, calls, strangers, errors, close } = await world.open(
      `/react?token=${await world.linkToken()}`,
    );
    await button(page, "Link a bank").click();
    await logIn(link, { password: "error_ITEM_LOCKED" });
    await link.getByRole("alert").filter({ hasText: "ITEM_LOCKED" }).waitFor();
    await logIn(link, { bank: null, password: "pass_good" });
    const [publicToken, metadata] = await called("onSuccess");
    assert.match(publicToken, /^public-sandbox-/);
    assert.equal(problemOf("PlaidLinkOnSuccessMetadata", metadata), null);
    assert.deepEqual((await calls("onEvent")).at(-1)[1], "HANDOFF");
    await page.evaluate(() => window.unmount());
    await page.getByText("Gone").waitFor();
    assert.deepEqual([strangers, errors], [[], []]);
    await close();
  });

  test("a page that loads Plaid's script links an account with the Playwright test of the docs", async () => {
    const { page, called, strangers, errors, close } = await world.open("/plain", { deployed: true });
    const [, block] = DOCS.match(/<!-- run: playwright -->\n```js\n(.*?)```/s);
    const url = `${world.origin}/deployed?token=${await world.linkToken()}`;
    const run = new AsyncFunction("page", "process", block.replace("http://localhost:3000", url));
    await run(page, { env: { PLAID_BASE_URL: world.sandbox.url } });
    const [publicToken] = await called("onSuccess");
    assert.match(publicToken, /^public-sandbox-/);
    assert.deepEqual([strangers, errors], [[], []]);
    await close();
  });

  test("unmounted while Link is open, it leaves and takes Link along", async () => {
    const { page, link, called, errors, close } = await world.open(`/react?token=${await world.linkToken()}`);
    await button(page, "Link a bank").click();
    await button(link, "Tartan Bank").waitFor();
    await page.evaluate(() => window.unmount());
    await called("onExit");
    await page.locator("iframe").waitFor({ state: "detached" });
    assert.deepEqual(errors, []);
    await close();
  });

  test("embedded, Link is in the page itself", async () => {
    const { page, link, called, errors, close } = await world.open(
      `/react?embedded&token=${await world.linkToken()}`,
    );
    await logIn(link);
    await called("onSuccess");
    assert.equal(await page.locator("iframe").count(), 0);
    assert.deepEqual(errors, []);
    await close();
  });
});

describe("the server", () => {
  const file = (name, init) => fetch(`${world.sandbox.url}/link/v2/stable/${name}`, init);

  test("serves Link's files to pages of this machine, and nothing else", async () => {
    for (const name of ["link-initialize.js", "link.html", "link.js", "link.css"]) {
      const response = await file(name, { headers: { origin: world.origin } });
      assert.equal(response.status, 200, name);
      assert.equal(response.headers.get("access-control-allow-origin"), world.origin, name);
      assert.equal(response.headers.get("cross-origin-resource-policy"), "cross-origin", name);
    }
    assert.equal(
      (await file("link.html")).headers.get("content-security-policy").includes("connect-src 'self'"),
      true,
    );
    for (const name of ["nothing.js", "..%2f..%2fpackage.json", "constructor"]) {
      assert.equal((await file(name)).status, 404, name);
    }
    assert.equal((await file("link.html", { headers: { origin: "https://evil.example" } })).status, 403);
  });

  test("needs a link token, and no credentials", async () => {
    const post = async (body) =>
      (await file("open", { method: "POST", body, headers: { "content-type": "application/json" } })).json();
    const link_token = await world.linkToken();
    assert.equal((await post(JSON.stringify({ link_token }))).client_name, "Harbor");
    assert.equal((await post("{}")).error_code, "MISSING_FIELDS");
    assert.equal((await file("token/create", { method: "POST", body: "{}" })).status, 404);
  });
});
