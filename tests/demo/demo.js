/** The demo as `make demo` runs it, on free ports, and a browser in front of it. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { PlaidSandbox } from "../../dist/package/sandbox.js";

export const root = fileURLToPath(new URL("../..", import.meta.url));
const CHROMIUM = process.env.CHROMIUM ?? "/usr/bin/chromium";
const FLAGS =
  "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync --disable-dev-shm-usage";

const SECRET = new PlaidSandbox().env.PLAID_SECRET;
const TOKEN = (kind) => new RegExp(`${kind}-sandbox-[0-9a-f]{4}`);

export class Demo {
  log = "";

  /** @param {{ port?: number }} options  the page's port, if it matters; any free one otherwise */
  async start({ port } = {}) {
    const [demoPort, sandboxPort] = await Promise.all([port ?? freePort(), freePort()]);
    this.origin = `http://localhost:${demoPort}`;
    this.sandbox = `http://127.0.0.1:${sandboxPort}`;
    const env = { ...process.env, DEMO_PORT: demoPort, SANDBOX_PORT: sandboxPort };
    this.process = spawn("scripts/demo.sh", { cwd: root, env });
    await new Promise((resolve, reject) => {
      const read = (data) => {
        this.log += data;
        if (this.log.includes(`the demo runs on ${this.origin}`)) resolve();
      };
      this.process.stdout.on("data", read);
      this.process.stderr.on("data", read);
      this.process.once("exit", () => reject(new Error(`the demo stopped:\n${this.log}`)));
    });
    this.browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS.split(" ") });
    return this;
  }

  async stop() {
    await this.browser?.close();
    if (this.process.exitCode !== null) return;
    const gone = new Promise((resolve) => this.process.once("exit", resolve));
    this.process.kill("SIGTERM");
    await gone;
  }

  /** Makes the sandbox's next responses fail, as `POST /control/fail` describes. */
  async fail(fault) {
    const response = await fetch(`${this.sandbox}/control/fail`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(fault),
    });
    assert.equal(response.status, 200);
  }

  /**
   * A page that notes whatever should not happen; `check` fails the test if something did.
   * `expected` are the browser's complaints about what the test itself brings about.
   */
  async open({
    colorScheme = "light",
    width = 1280,
    height,
    scale = 1,
    hash = "",
    expected = [],
    waitUntil,
    before,
  } = {}) {
    const context = await this.browser.newContext({
      colorScheme,
      viewport: { width, height: height ?? (width < 500 ? 812 : 860) },
      deviceScaleFactor: scale,
      reducedMotion: "reduce",
    });
    const page = await context.newPage();
    page.setDefaultTimeout(30_000); // Several tests run at the same time.
    const problems = [];
    const responses = [];
    page.on("console", (message) => {
      const text = message.text();
      if (!["error", "warning"].includes(message.type())) return;
      if (!expected.some((pattern) => pattern.test(text))) problems.push(`console: ${text}`);
    });
    page.on("pageerror", (error) => problems.push(`page: ${error}`));
    page.on("request", (request) => {
      const { origin, pathname } = new URL(request.url());
      // Link is the sandbox's, as in production it is Plaid's.
      if (origin === this.origin || (origin === this.sandbox && pathname.startsWith("/link/"))) return;
      problems.push(`third party: ${request.url()}`);
    });
    page.on("response", (response) => {
      // A stream's body can't be read twice; its text is on the page.
      if (response.url().includes("/api/") && !response.url().endsWith("/break")) {
        responses.push(
          response.text().then(
            (text) => ({ url: response.url(), text }),
            () => null,
          ),
        );
      }
    });
    await before?.(page);
    await page.goto(`${this.origin}/${hash}`, { waitUntil });
    return {
      page,
      context,
      check: async () => {
        const shown = await page.content();
        const stored = JSON.stringify(await page.evaluate(() => ({ ...localStorage, ...sessionStorage })));
        await context.close(); // What is still awaited ends with it.
        this.#noCanaries(shown, stored, (await Promise.all(responses)).filter(Boolean));
        assert.deepEqual(problems, []);
      },
    };
  }

  /** The secret and access tokens are nowhere; link and public tokens only where the page has to have them. */
  #noCanaries(shown, stored, responses) {
    for (const kind of ["access", "public", "link"]) assert.doesNotMatch(shown, TOKEN(kind));
    assert.doesNotMatch(stored, /(access|public|link)-sandbox-/);
    const texts = [
      ...responses,
      { url: "the page", text: shown },
      { url: "the page's storage", text: stored },
      { url: "the log", text: this.log },
    ];
    for (const { url, text } of texts) {
      assert.ok(!text.includes(SECRET), `the secret is in ${url}`);
      assert.doesNotMatch(text, TOKEN("access"), url);
      assert.doesNotMatch(text, /1111222233330000/, url);
      assert.doesNotMatch(text, TOKEN("public"), url);
      if (!url.endsWith("/api/link-token")) assert.doesNotMatch(text, TOKEN("link"), url);
    }
  }
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
