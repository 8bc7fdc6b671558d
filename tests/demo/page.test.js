import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { PlaidSandbox } from "../../dist/package/sandbox.js";
import { walk } from "./walk.js";

const DEMO_PORT = process.env.DEMO_TEST_PORT ?? "8960";
const SANDBOX_PORT = process.env.SANDBOX_TEST_PORT ?? "8961";
const ORIGIN = `http://localhost:${DEMO_PORT}`;
const root = fileURLToPath(new URL("../..", import.meta.url));
const screenshots = `${root}tests/screenshots`;
const CHROMIUM = process.env.CHROMIUM ?? "/usr/bin/chromium";
const FLAGS =
  "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync --disable-dev-shm-usage";

let demo;
let browser;
let log = "";

before(async () => {
  mkdirSync(screenshots, { recursive: true });
  demo = spawn("scripts/demo.sh", { cwd: root, env: { ...process.env, DEMO_PORT, SANDBOX_PORT } });
  const ready = new Promise((resolve, reject) => {
    const read = (data) => {
      log += data;
      if (log.includes(`the demo runs on ${ORIGIN}`)) resolve();
    };
    demo.stdout.on("data", read);
    demo.stderr.on("data", read);
    demo.once("exit", () => reject(new Error(`the demo stopped:\n${log}`)));
  });
  await ready;
  browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS.split(" ") });
});

after(async () => {
  await browser?.close();
  const gone = new Promise((resolve) => demo.once("exit", resolve));
  demo.kill("SIGTERM");
  await gone;
});

/** A page that notes whatever should not happen; `check` fails the test if something did. */
async function open({ colorScheme = "light", width = 1280 } = {}) {
  const context = await browser.newContext({
    colorScheme,
    viewport: { width, height: width < 500 ? 812 : 860 },
    reducedMotion: "reduce",
  });
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  const problems = [];
  const answers = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) problems.push(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => problems.push(`page: ${error}`));
  page.on("request", (request) => {
    if (new URL(request.url()).origin !== ORIGIN) problems.push(`third party: ${request.url()}`);
  });
  page.on("response", (response) => {
    // A stream's body can't be read twice; its text is on the page.
    if (response.url().includes("/api/") && !response.url().endsWith("/break")) {
      answers.push(
        response.text().then(
          (text) => ({ url: response.url(), text }),
          () => null,
        ),
      );
    }
  });
  await page.goto(ORIGIN);
  return {
    page,
    async check() {
      await noCanaries(page, (await Promise.all(answers)).filter(Boolean));
      assert.deepEqual(problems, []);
      await context.close();
    },
  };
}

const SECRET = new PlaidSandbox().env.PLAID_SECRET;
const TOKEN = (kind) => new RegExp(`${kind}-sandbox-[0-9a-f]{4}`);

/** The secret and access tokens are nowhere; link and public tokens only where the page has to have them. */
async function noCanaries(page, answers) {
  const shown = await page.content();
  for (const kind of ["access", "public", "link"]) assert.doesNotMatch(shown, TOKEN(kind));
  assert.doesNotMatch(
    JSON.stringify(await page.evaluate(() => ({ ...localStorage, ...sessionStorage }))),
    /sandbox-/,
  );
  for (const { url, text } of [...answers, { url: "the page", text: shown }, { url: "the log", text: log }]) {
    assert.ok(!text.includes(SECRET), `the secret is in ${url}`);
    assert.doesNotMatch(text, TOKEN("access"), url);
    assert.doesNotMatch(text, /1111222233330000/, url);
    if (!url.endsWith("/api/sandbox/link")) assert.doesNotMatch(text, TOKEN("public"), url);
    if (!url.endsWith("/api/link-token")) assert.doesNotMatch(text, TOKEN("link"), url);
  }
}

describe("all eight steps", () => {
  for (const colorScheme of ["light", "dark"]) {
    for (const width of [1280, 375]) {
      test(`${colorScheme}, ${width} pixels wide`, async () => {
        const { page, check } = await open({ colorScheme, width });
        await walk(page, async (name) => {
          const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
          assert.ok(overflow <= 0, `${name} is ${overflow} pixels too wide`);
          const full = !name.endsWith("-dialog") && !name.endsWith("-waiting");
          if (full) await page.evaluate(() => scrollTo(0, 0));
          await page.screenshot({
            path: `${screenshots}/${colorScheme}-${width}-${name}.png`,
            fullPage: full,
          });
        });
        assert.equal(await page.locator("#progress-text").textContent(), "8 of 8 done");
        await check();
      });
    }
  }
});

describe("details", () => {
  test("a step that can't be taken yet says why and where to go", async () => {
    const { page, check } = await open();
    await page.goto(`${ORIGIN}/#accounts`);
    const button = page.locator("#step-accounts").getByRole("button", { name: "Read accounts" });
    assert.equal(await button.getAttribute("aria-disabled"), "true");
    await page.locator("#step-accounts .reason a").click();
    await page.locator("#step-exchange").waitFor();
    assert.match(await page.locator("#step-exchange .reason").textContent(), /no public token yet/);
    await check();
  });

  test("the whole of linking works by keyboard, and the dialog keeps the focus", async () => {
    const { page, check } = await open();
    const press = async (...keys) => {
      for (const key of keys) await page.keyboard.press(key);
    };
    const focused = () => page.evaluate(() => document.activeElement.textContent.trim());
    await page.locator("#step-link-token").getByRole("button", { name: "Create link token" }).focus();
    await press("Enter");
    await page.locator("#step-link-token .outcome-status .good").waitFor();
    await page.locator(`#steps a[href="#link"]`).focus();
    await press("Enter");
    await page.waitForFunction(() => document.activeElement.id === "link-title");
    await page.locator("#step-link").getByRole("button", { name: "Open Link" }).focus();
    await press("Enter");
    await page.getByRole("dialog").waitFor();
    assert.match(await focused(), /First Platypus Bank/);
    for (let count = 0; count < 8; count += 1) {
      await press("Tab");
      const inside = await page.evaluate(
        () => document.activeElement === document.body || Boolean(document.activeElement.closest("dialog")),
      );
      assert.ok(inside, `Tab ${count + 1} left the dialog`);
    }
    await press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    assert.match(await focused(), /Open Link/);
    await page.locator("#step-link .outcome-body", { hasText: "closed before" }).waitFor();
    await check();
  });

  test("a slow answer shows that it is awaited, and a reload keeps the item", async () => {
    const { page, check } = await open();
    const step = (name) => page.locator(`#step-${name}`);
    const go = (name) => page.locator(`#steps a[href="#${name}"]`).click();
    await step("link-token").getByRole("button", { name: "Create link token" }).click();
    await step("link-token").locator(".outcome-status .good").waitFor();
    await go("link");
    await step("link").getByRole("button", { name: "Open Link" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("button", { name: /Houndstooth/ }).click();
    await dialog.getByRole("button", { name: "Log in" }).click();
    await dialog.getByRole("button", { name: "Continue" }).click();
    await go("exchange");
    await step("exchange").getByRole("button", { name: "Exchange" }).click();
    await step("exchange").locator(".outcome-status .good").waitFor();
    await page.reload();
    await page.locator(".bar-item").waitFor();

    await fetch(`http://127.0.0.1:${SANDBOX_PORT}/control/fail`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({
        path: "/identity/get",
        status: 503,
        errorType: "API_ERROR",
        errorCode: "PLANNED_MAINTENANCE",
        retryAfter: "1",
      }),
    });
    await go("owners");
    await step("owners").getByRole("button", { name: "Read owners" }).click();
    await step("owners").getByRole("progressbar").waitFor();
    await step("owners").locator(".outcome-status .good").waitFor();
    await step("owners").getByRole("tab", { name: "Attempts (2)" }).click();
    assert.match(await step("owners").locator(".attempt").first().textContent(), /503.*then waits/);

    await page.getByRole("button", { name: "Start over" }).click();
    await page.locator(".bar-item").waitFor({ state: "detached" });
    assert.equal(await page.locator("#progress-text").textContent(), "0 of 8 done");
    await check();
  });

  test("the theme follows the system until it is chosen", async () => {
    const { page, check } = await open({ colorScheme: "dark" });
    const isDark = () => page.evaluate(() => /\d+/.exec(getComputedStyle(document.body).color)[0] > 128);
    assert.equal(await isDark(), true);
    await page.getByRole("button", { name: "Use the light theme" }).click();
    assert.equal(await isDark(), false);
    await page.reload();
    assert.equal(await isDark(), false);
    await check();
  });
});
