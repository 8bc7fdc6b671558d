// The sandbox's server, pages on an origin of their own, and a browser.

import { createServer } from "node:http";
import { readFileSync } from "node:fs";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";
import { chromium } from "playwright-core";
import { serve } from "../sandbox/server.js";

const CHROMIUM = process.env.CHROMIUM ?? "/usr/bin/chromium";
const here = fileURLToPath(new URL(".", import.meta.url));
const PLAID_SCRIPT = "https://cdn.plaid.com/link/v2/stable/link-initialize.js";

export class World {
  async start() {
    this.sandbox = await serve();
    const { outputFiles } = await esbuild.build({
      entryPoints: [`${here}pages/react.js`],
      bundle: true,
      write: false,
      minify: true,
      define: { "process.env.NODE_ENV": '"production"' },
    });
    const files = {
      "/plain.js": ["text/javascript", readFileSync(`${here}pages/plain.js`)],
      "/react.js": ["text/javascript", outputFiles[0].contents],
      // A page's rules that would spoil Link.
      "/page.css": [
        "text/css",
        "dialog, iframe { display: none !important; width: 0 !important; margin: 99px }",
      ],
    };
    const local = `${this.sandbox.url}/link/v2/stable/link-initialize.js`;
    const pages = {
      "/plain": `<script src="${local}"></script><button id="open">Link a bank</button><script src="/plain.js"></script>`,
      "/react": `<script src="${local}"></script><div id="root"></div><script src="/react.js"></script>`,
      // As deployed: nothing in it knows of the sandbox.
      "/deployed": `<div id="root"></div><script src="/react.js"></script>`,
    };
    this.server = createServer((request, response) => {
      const { pathname } = new URL(request.url, "http://page");
      if (files[pathname]) {
        const [type, content] = files[pathname];
        return response.writeHead(200, { "content-type": type }).end(content);
      }
      // Link needs no more than this.
      const policy = `default-src 'none'; script-src 'self' ${this.sandbox.url} https://cdn.plaid.com; frame-src ${this.sandbox.url}; style-src 'self'; img-src data:`;
      const headers = { "content-type": "text/html", "content-security-policy": policy };
      response.writeHead(200, headers);
      response.end(
        `<!doctype html><html lang="en"><title>A page</title><link rel="icon" href="data:,"><link rel="stylesheet" href="/page.css">${pages[pathname]}`,
      );
    });
    this.server.listen(0, "127.0.0.1");
    await once(this.server, "listening");
    this.origin = `http://localhost:${this.server.address().port}`;
    this.browser = await chromium.launch({
      executablePath: CHROMIUM,
      args: ["--no-sandbox", "--disable-gpu"],
    });
    return this;
  }

  async stop() {
    await this.browser.close();
    this.server.close();
    await this.sandbox.stop();
  }

  /** A link token, of an Item in update mode if there is an access token. */
  async linkToken(fields = {}) {
    const products = fields.access_token ? undefined : ["auth"];
    const { link_token } = await this.sandbox.plaid("/link/token/create", {
      client_name: "Harbor",
      language: "en",
      country_codes: ["US"],
      user: { client_user_id: "user-1" },
      products,
      ...fields,
    });
    return link_token;
  }

  async item() {
    const { public_token } = await this.sandbox.plaid("/sandbox/public_token/create", {
      institution_id: "ins_109511",
      initial_products: ["auth"],
    });
    return this.sandbox.plaid("/item/public_token/exchange", { public_token });
  }

  /**
   * Opens a page in a fresh context.
   * @param {{ deployed?: boolean }} options  deployed: the page loads Plaid's own script, which the test routes
   */
  async open(path, { deployed = false, ...context } = {}) {
    const opened = await this.browser.newContext(context);
    const page = await opened.newPage();
    page.setDefaultTimeout(15_000);
    const strangers = [];
    page.on("request", (request) => {
      const { origin, href } = new URL(request.url());
      const known = [this.origin, this.sandbox.url, "null"].includes(origin);
      if (!known && !(deployed && href === PLAID_SCRIPT)) strangers.push(href);
    });
    const errors = [];
    page.on("pageerror", (error) => errors.push(String(error)));
    page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
    await page.goto(this.origin + path);
    const link = page.frameLocator('iframe[title="Plaid Link"]');
    const calls = (name) =>
      page.evaluate((wanted) => window.calls.filter(([called]) => called === wanted), name);
    return {
      page,
      link,
      strangers,
      errors,
      close: () => opened.close(),
      calls,
      /** Waits until a callback has been called, and gives what it was told. */
      async called(name) {
        const found = await page.waitForFunction(
          (wanted) => window.calls.find(([called]) => called === wanted),
          name,
        );
        return (await found.jsonValue()).slice(1);
      },
      async events() {
        return (await calls("onEvent")).map(([, event, { view_name }]) =>
          event === "TRANSITION_VIEW" ? view_name : event,
        );
      },
    };
  }

  /** The plain page with Link open. */
  async openLink(token, options, context) {
    const opened = await this.open("/plain", context);
    await opened.page.evaluate(([value, more]) => window.link(value, more), [token, options]);
    await opened.page.getByRole("button", { name: "Link a bank" }).click();
    return opened;
  }
}
