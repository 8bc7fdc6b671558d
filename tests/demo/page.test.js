import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { Demo, root } from "./demo.js";
import { linkOn } from "./walk.js";

const demo = new Demo();

before(() => demo.start());
after(() => demo.stop());

/** Tests of one group run at the same time, so only one of a group may force a failure of a path. */
const together = { concurrency: 3 };

/** Where things are on a page. */
function on(page) {
  const step = (name) => page.locator(`#step-${name}`);
  const go = async (name) => {
    await page.locator(`#steps a[href="#${name}"]`).click();
    await step(name).waitFor();
  };
  const press = (name, label) => step(name).getByRole("button", { name: label, exact: true }).click();
  const responded = (name) => step(name).locator(".outcome-status .good").waitFor();
  const plaidLink = linkOn(page);
  const logIn = async () => {
    await plaidLink.getByRole("button", { name: "Houndstooth Bank" }).click();
    await plaidLink.getByRole("button", { name: "Continue" }).click();
  };
  /** Steps 1 to 3. */
  const linkAccount = async () => {
    await go("link-token");
    await press("link-token", "Create link token");
    await responded("link-token");
    await go("link");
    await press("link", "Open Link");
    await logIn();
    await go("exchange");
    await press("exchange", "Exchange");
    await responded("exchange");
  };
  return { step, go, press, responded, plaidLink, logIn, linkAccount };
}

describe("first impressions", together, () => {
  test("the first panel says what this is, before any script has run", async () => {
    const { page, check } = await demo.open({
      waitUntil: "commit",
      before: (opened) => opened.route("**/app/**", () => new Promise(() => {})),
    });
    const overview = page.locator("#step-overview");
    for (const text of ["plaid-edge is a client for Plaid", "npm install plaid-edge", 'from "plaid-edge"']) {
      await overview.getByText(text).first().waitFor();
    }
    assert.match(await overview.textContent(), /new PlaidAdapter\(env\)/);
    assert.equal(await page.locator("#steps a").count(), 10);
    await check();
  });

  test("the frame of a step is drawn before the session is known", async () => {
    const { page, check } = await demo.open({
      hash: "#accounts",
      before: (opened) => opened.route("**/api/session", () => new Promise(() => {})),
    });
    const { step } = on(page);
    await step("accounts").getByRole("heading", { name: "Read the accounts" }).waitFor();
    await step("accounts").getByText("Connecting to the worker…").waitFor();
    assert.equal(await page.locator("#step-overview").isVisible(), false);
    await check();
  });

  test("every module is preloaded, so none waits for another", async () => {
    const { page, check } = await demo.open();
    const paths = (pattern) =>
      page.evaluate(
        (selector) => [...document.querySelectorAll(selector)].map((link) => new URL(link.href).pathname),
        pattern,
      );
    const preloaded = await paths('link[rel="modulepreload"]');
    const app = `${root}www/public/app`;
    const modules = readdirSync(app, { recursive: true })
      .filter((name) => name.endsWith(".js") && name !== "main.js")
      .map((name) => `/app/${name}`);
    assert.deepEqual(preloaded.sort(), modules.sort());
    await check();
  });

  test("a session that can't be loaded is explained, and can be tried again", async () => {
    let broken = true;
    const { page, check } = await demo.open({
      expected: [/503/],
      before: (opened) =>
        opened.route("**/api/session", (route) =>
          broken ? route.fulfill({ status: 503, body: "<html>" }) : route.continue(),
        ),
    });
    await page.getByRole("heading", { name: "The demo can't reach its worker" }).waitFor();
    broken = false;
    await page.getByRole("button", { name: "Try again" }).click();
    await page.locator("#bar .badge").waitFor();
    assert.equal(await page.locator("#alert").textContent(), "");
    await check();
  });

  test("the rail leads to the repository and the docs, and each step to its source", async () => {
    const { page, check } = await demo.open();
    const { step, go } = on(page);
    for (const name of ["GitHub", "Docs"]) {
      const href = await page.getByRole("link", { name, exact: true }).getAttribute("href");
      assert.match(href, /^https:\/\/github\.com\/plaid-edge\/plaid-edge/);
    }
    const names = [
      "link-token",
      "link",
      "exchange",
      "accounts",
      "owners",
      "transfers",
      "webhooks",
      "failures",
    ];
    for (const name of names) {
      await go(name);
      const link = step(name).locator(".source");
      const path = (await link.getAttribute("href")).split("/blob/main/")[1];
      assert.ok(existsSync(root + path), `${name}: ${path}`);
    }
    await check();
  });

  test("the last panel says what was seen, and its three commands give a worker that builds", async () => {
    const { page, check } = await demo.open();
    const { step, go, linkAccount } = on(page);
    await linkAccount();
    await go("finish");
    assert.equal(await step("finish").locator(".seen .done").count(), 3);
    assert.equal(await step("finish").getByRole("link", { name: "Not done yet" }).count(), 5);
    const commands = await step("finish").locator(".command").allTextContents();
    await check();

    // As they stand, but with this checkout for the repository, this build for the release, and no upload.
    const folder = mkdtempSync(join(tmpdir(), "plaid-edge-copy-"));
    const checkout = join(folder, "plaid-edge");
    const files = execFileSync("git", ["ls-files", "www"], { cwd: root, encoding: "utf8" })
      .trim()
      .split("\n");
    for (const file of files) cpSync(root + file, join(checkout, file));
    const tarball = execFileSync("npm", ["pack", `${root}dist/package`, "--silent"], {
      cwd: folder,
      encoding: "utf8",
    }).trim();
    const [clone, install, deploy] = commands;
    assert.match(clone, /^git clone https:\/\/github\.com\/plaid-edge\/plaid-edge && cd plaid-edge\/www$/);
    assert.equal(install, "npm install plaid-edge@latest");
    assert.equal(deploy, "npx wrangler deploy");
    const run = (command, args) =>
      execFileSync(command, args, { cwd: join(checkout, "www"), encoding: "utf8", stdio: "pipe" });
    const wrangler = `${root}node_modules/wrangler/bin/wrangler.js`;
    const build = () =>
      run(process.execPath, [wrangler, "deploy", "--dry-run", "--outdir", join(folder, "out")]);
    run("npm", [
      "install",
      join(folder, tarball),
      "--omit=dev",
      "--prefer-offline",
      "--no-audit",
      "--no-fund",
    ]);
    build();
    assert.ok(readdirSync(join(folder, "out")).includes("index.js"));

    // What it says of src/sandbox.js holds too.
    const index = join(checkout, "www/src/index.js");
    const kept = readFileSync(index, "utf8")
      .split("\n")
      .filter((line) => !/\bsandbox\b/.test(line) || line.startsWith(" *"));
    writeFileSync(index, kept.join("\n"));
    rmSync(join(checkout, "www/src/sandbox.js"));
    build();
    rmSync(folder, { recursive: true });
  });
});

describe("linking", together, () => {
  test("a second account can be linked, and closing Link again keeps the success in view", async () => {
    const { page, check } = await demo.open();
    const { step, go, press, responded, plaidLink, logIn, linkAccount } = on(page);
    await linkAccount();
    const first = await page.locator(".bar-item").getAttribute("title");

    await go("link");
    await press("link", "Link another account");
    await logIn();
    await responded("link");
    await press("link", "Link another account");
    await plaidLink.getByRole("button", { name: "Exit" }).click();
    await step("link").getByText("What you linked before is unchanged.").waitFor();
    await step("link").getByText("Houndstooth Bank").waitFor();
    await responded("link");

    await go("exchange");
    await press("exchange", "Exchange");
    await page.waitForFunction((title) => document.querySelector(".bar-item").title !== title, first);
    await check();
  });

  test("a link token that has expired is replaced", async () => {
    const { page, check } = await demo.open({
      before: (opened) =>
        opened.route("**/api/link-token", async (route) => {
          const response = await route.fetch();
          const body = await response.json();
          body.data.expiration = "2020-01-01T00:00:00Z";
          await route.fulfill({ response, json: body });
        }),
    });
    const { step, go, press, responded } = on(page);
    await go("link-token");
    await press("link-token", "Create link token");
    await responded("link-token");
    await go("link");
    await step("link").getByRole("link", { name: "Go to step 1" }).waitFor();
    await check();
  });

  test("Link's dialog has a name, shows the application's, and no id is used twice", async () => {
    const { page, check } = await demo.open();
    const { go, press, responded, plaidLink } = on(page);
    await go("link-token");
    await press("link-token", "Create link token");
    await responded("link-token");
    await go("link");
    await press("link", "Open Link");
    await page.getByRole("dialog", { name: "Plaid Link", exact: true }).waitFor();
    await plaidLink.getByRole("dialog", { name: "Select your bank", exact: true }).waitFor();
    await plaidLink.getByText("Northwind Savings would like to connect").waitFor();
    const ids = await page.evaluate(() => [...document.querySelectorAll("[id]")].map(({ id }) => id));
    assert.deepEqual(
      ids.filter((id, index) => ids.indexOf(id) !== index),
      [],
    );
    await plaidLink.getByRole("button", { name: "Houndstooth Bank" }).click();
    await plaidLink.getByRole("dialog", { name: "Houndstooth Bank", exact: true }).waitFor();
    await check();
  });

  test("the whole of linking works by keyboard, and the dialog keeps the focus", async () => {
    const { page, check } = await demo.open();
    const { step, plaidLink, responded } = on(page);
    const dialog = page.getByRole("dialog");
    const press = async (...keys) => {
      for (const key of keys) await page.keyboard.press(key);
    };
    const focused = async () => {
      const frame = page.frames().find((candidate) => candidate.url().endsWith("/link.html")) ?? page;
      return frame.evaluate(() => document.activeElement.textContent.trim());
    };
    /** Presses Tab until the focus is on what is named so. */
    const tabTo = async (name) => {
      for (let count = 0; count < 40; count += 1) {
        await press("Tab");
        if (name.test(await focused())) return;
      }
      assert.fail(`Tab does not reach ${name}`);
    };
    await page.locator("#bar .badge").waitFor();
    await tabTo(/^Start the tour$/);
    await press("Enter");
    await page.waitForFunction(() => document.activeElement.id === "link-token-title");
    await tabTo(/^Create link token$/);
    await press("Enter");
    await responded("link-token");
    await tabTo(/^Next: open Link$/);
    await press("Enter");
    await page.waitForFunction(() => document.activeElement.id === "link-title");
    await tabTo(/^Open Link$/);
    await press("Enter");
    await plaidLink.getByRole("button", { name: "Houndstooth Bank" }).waitFor();
    const banks = await plaidLink.getByRole("button").count();
    for (const key of ["Tab", "Shift+Tab"]) {
      for (let count = 0; count < banks + 3; count += 1) {
        await press(key);
        assert.notEqual(await focused(), "", `${key} ${count + 1} is on a control`);
        assert.equal(await page.evaluate(() => document.activeElement.title), "Plaid Link");
      }
    }
    await press("Escape");
    await dialog.waitFor({ state: "detached" });
    await page.waitForFunction(() => document.activeElement.textContent.trim() === "Open Link");
    await step("link").locator(".outcome-body", { hasText: "closed before" }).waitFor();

    await press("Enter");
    await plaidLink.getByRole("heading", { name: "Select your bank" }).waitFor();
    await tabTo(/^Houndstooth Bank$/);
    await press("Enter");
    await plaidLink.getByRole("textbox", { name: "Username" }).waitFor();
    await page.keyboard.type("user_good");
    await press("Enter");
    await responded("link");
    await page.waitForFunction(() => document.activeElement.textContent.trim() === "Link another account");
    await tabTo(/^Next: exchange it$/);
    await press("Enter");
    await page.waitForFunction(() => document.activeElement.id === "exchange-title");
    await tabTo(/^Exchange$/);
    await press("Enter");
    await responded("exchange");
    await check();
  });

  test("account types that are not selected are neither sent nor shown", async () => {
    const { page, check } = await demo.open();
    const { step, go, press, responded } = on(page);
    await go("link-token");
    const code = step("link-token").locator("figure.code code").first();
    await step("link-token").getByRole("checkbox", { name: "checking" }).uncheck();
    assert.match(await code.textContent(), /accountSubtypes: \["savings"\]/);
    await step("link-token").getByRole("checkbox", { name: "savings" }).uncheck();
    assert.doesNotMatch(await code.textContent(), /accountSubtypes/);
    const sent = page.waitForRequest("**/api/link-token");
    await press("link-token", "Create link token");
    assert.equal("accountSubtypes" in (await sent).postDataJSON(), false);
    await responded("link-token");
    await check();
  });
});

describe("when things go wrong", together, () => {
  test("a step that can't be taken yet sends the user to the first step that is missing", async () => {
    const { page, check } = await demo.open();
    const { step, go, press, responded } = on(page);
    for (const name of ["link", "exchange", "accounts", "owners", "transfers", "webhooks", "failures"]) {
      await go(name);
      assert.equal(await step(name).locator(".reason a").first().getAttribute("href"), "#link-token", name);
    }
    const button = step("accounts").getByRole("button", { name: "Read accounts" });
    await go("accounts");
    assert.equal(await button.getAttribute("aria-disabled"), "true");
    await step("accounts").locator(".reason a").click();
    await press("link-token", "Create link token");
    await responded("link-token");
    await go("transfers");
    assert.equal(await step("transfers").locator(".reason a").first().getAttribute("href"), "#link");
    await check();
  });

  test("an HTML page with status 502 is an error, and ends the waiting", async () => {
    const { page, check } = await demo.open({ expected: [/502/] });
    const { step, go, press, linkAccount } = on(page);
    const html = { status: 502, contentType: "text/html", body: "<!doctype html><h1>Bad gateway</h1>" };
    await linkAccount();
    await page.route("**/api/items/**", (route) => route.fulfill(html));
    await page.route("**/api/sandbox/break", (route) => route.fulfill(html));
    for (const [name, label] of [
      ["accounts", "Read accounts"],
      ["owners", "Read owners"],
      ["failures", "Break it"],
    ]) {
      await go(name);
      await press(name, label);
      await step(name).getByText("Something other than the worker responded, with status 502").waitFor();
      assert.equal(await step(name).locator("[aria-busy]").count(), 0, name);
      assert.equal(await step(name).locator(".progress").isVisible(), false, name);
    }
    assert.equal(await page.locator("#progress-text").textContent(), "3 of 8 done");
    await check();
  });

  test("a response that breaks off is an error", async () => {
    const { page, check } = await demo.open();
    const { step, go, press, linkAccount } = on(page);
    await linkAccount();
    await page.route("**/api/sandbox/break", (route) =>
      route.fulfill({
        contentType: "application/x-ndjson",
        body: '{"attempt":{"attempt":1,"endpoint":"/auth/get"',
      }),
    );
    await go("failures");
    await press("failures", "Break it");
    await step("failures").getByText("The connection to the worker was lost").waitFor();
    assert.equal(await page.locator("#progress-text").textContent(), "3 of 8 done");
    await check();
  });

  test("offline, nothing counts as done and nothing claims to be live", async () => {
    const { page, context, check } = await demo.open({ expected: [/ERR_INTERNET_DISCONNECTED/] });
    const { step, go, press, linkAccount } = on(page);
    await linkAccount();
    await go("webhooks");
    await step("webhooks")
      .locator(".live", { hasText: /^live$/ })
      .waitFor();
    await context.setOffline(true);
    await step("webhooks").locator(".live.off", { hasText: "reconnecting" }).waitFor();
    await step("webhooks")
      .getByRole("button", { name: /^Tampered/ })
      .click();
    await step("webhooks").getByText("You are offline").waitFor();
    await go("failures");
    await press("failures", "Break it");
    await step("failures").getByText("You are offline").waitFor();
    assert.equal(await page.locator("#progress-text").textContent(), "3 of 8 done");
    await context.setOffline(false);
    await go("webhooks");
    await step("webhooks")
      .locator(".live", { hasText: /^live$/ })
      .waitFor();
    await check();
  });

  test("a slow response shows that it is awaited, with the retries that it took", async () => {
    const { page, check } = await demo.open();
    const { step, go, press, responded, linkAccount } = on(page);
    await linkAccount();
    await demo.fail({
      path: "/identity/get",
      status: 503,
      errorType: "API_ERROR",
      errorCode: "PLANNED_MAINTENANCE",
      retryAfter: "1",
    });
    await go("owners");
    await press("owners", "Read owners");
    await step("owners").getByRole("progressbar").waitFor();
    await responded("owners");
    await step("owners").getByRole("tab", { name: "Attempts (2)" }).click();
    assert.match(await step("owners").locator(".attempt").first().textContent(), /503.*then waits/);
    await check();
  });
});

describe("webhooks", together, () => {
  test("a genuine webhook's payload is shown with the response", async () => {
    const { page, check } = await demo.open();
    const { step, go, linkAccount } = on(page);
    await linkAccount();
    await go("webhooks");
    await step("webhooks")
      .getByRole("button", { name: /^Genuine/ })
      .click();
    const shown = step("webhooks").locator(".outcome-body .json");
    await shown.filter({ hasText: '"webhook_code": "NEW_ACCOUNTS_AVAILABLE"' }).waitFor();
    assert.match(await shown.textContent(), /"webhook_type": "ITEM"/);
    await check();
  });

  test("the code refuses a forgery with 400, and asks for a retry with 503", async () => {
    const { page, check } = await demo.open({ hash: "#webhooks" });
    const code = await on(page).step("webhooks").locator("figure.code code").first().textContent();
    assert.match(code, /if \(error\.kind === "webhook"\) return c\.body\(null, 400\);/);
    assert.match(code, /if \(error\.kind === "invalid_argument"\) throw error;/);
    assert.match(code, /return c\.body\(null, 503\);/);
    await check();
  });

  test("news arrives by itself, without a request each second", async () => {
    const { page, check } = await demo.open();
    const { step, go, linkAccount } = on(page);
    await linkAccount();
    await go("webhooks");
    await step("webhooks")
      .locator(".live", { hasText: /^live$/ })
      .waitFor();
    const asked = [];
    page.on("request", (request) => request.url().includes("/api/activity") && asked.push(request.url()));
    const first = await page.waitForRequest(/\/api\/activity\?after=\d/);
    // Held open: a request of somebody else's, made and answered in the meantime, does not end it.
    const finished = first.response().then(() => "responded");
    await Promise.all(
      Array.from({ length: 20 }, () => fetch(demo.origin).then((response) => response.text())),
    );
    assert.equal(await Promise.race([finished, Promise.resolve("held")]), "held");
    assert.equal(asked.length, 1);
    await check();
  });
});

describe("by keyboard", () => {
  test("what is redrawn keeps the focus, and what is open stays open", async () => {
    const { page, check } = await demo.open();
    const { step, go, press, responded, linkAccount } = on(page);
    const focused = () => page.evaluate(() => document.activeElement.textContent.trim());
    await linkAccount();
    await go("accounts");
    await press("accounts", "Read accounts");
    await responded("accounts");
    await go("transfers");
    await press("transfers", "Create transfer");
    await step("transfers").getByRole("button", { name: "Post it" }).focus();
    await page.keyboard.press("Enter");
    await step("transfers").locator("tbody tr", { hasText: "posted" }).waitFor();
    assert.equal(await focused(), "Return it");
    await page.keyboard.press("Enter");
    await step("transfers").locator("tbody tr", { hasText: "reversed" }).waitFor();
    assert.match(await focused(), /is final/);

    await go("webhooks");
    const inbox = step("webhooks").locator(".inbox");
    await inbox.locator("summary").first().focus();
    await page.keyboard.press("Enter");
    await step("webhooks")
      .getByRole("button", { name: /^Unsigned/ })
      .click();
    await inbox.getByText("missing_header").waitFor();
    assert.equal(await inbox.locator("details[open]").count(), 1);
    await check();
  });
});

describe("what is kept", together, () => {
  test("a reload keeps the accounts, the owners, and what was done", async () => {
    const { page, check } = await demo.open();
    const { step, go, press, responded, linkAccount } = on(page);
    await linkAccount();
    await go("accounts");
    await press("accounts", "Read accounts");
    await responded("accounts");
    await go("owners");
    await press("owners", "Read owners");
    await responded("owners");
    assert.equal(await page.locator("#progress-text").textContent(), "5 of 8 done");
    await page.reload();
    await page.locator(".bar-item").waitFor();
    assert.equal(await page.locator("#progress-text").textContent(), "5 of 8 done");
    await step("owners")
      .getByRole("heading", { name: /Alberta/ })
      .waitFor();
    await go("accounts");
    await step("accounts").getByText("Plaid Checking").waitFor();
    await go("transfers");
    assert.match(await step("transfers").getByLabel("Account").textContent(), /Plaid Checking/);
    await check();
  });

  test("starting over asks first, and then forgets everything", async () => {
    const { page, check } = await demo.open({ expected: [/422/] });
    const { linkAccount } = on(page);
    await linkAccount();
    const startOver = page.getByRole("button", { name: "Start over", exact: true });
    const question = page.getByRole("dialog", { name: "Start over?" });
    await startOver.click();
    assert.equal(await page.evaluate(() => document.activeElement.textContent), "Cancel");
    await page.keyboard.press("Escape");
    await question.waitFor({ state: "detached" });
    await page.reload();
    await page.locator(".bar-item").waitFor();

    await demo.fail({
      path: "/item/remove",
      status: 400,
      errorType: "INVALID_INPUT",
      errorCode: "INVALID_API_KEYS",
    });
    await startOver.click();
    await question.getByRole("button", { name: "Remove and start over" }).click();
    await question.getByRole("alert").getByText("INVALID_API_KEYS").first().waitFor();
    await question.getByRole("button", { name: "Remove and start over" }).click();
    await page.locator(".bar-item").waitFor({ state: "detached" });
    await page.locator("#bar .badge").waitFor();
    assert.equal(await page.locator("#progress-text").textContent(), "0 of 8 done");
    await check();
  });

  test("the theme follows the system until one is chosen", async () => {
    const { page, check } = await demo.open({ colorScheme: "dark" });
    const isDark = () => page.evaluate(() => /\d+/.exec(getComputedStyle(document.body).color)[0] > 128);
    assert.equal(await isDark(), true);
    await page.getByRole("button", { name: "Light theme" }).click();
    assert.equal(await isDark(), false);
    await page.reload();
    assert.equal(await isDark(), false);
    await check();
  });
});
