// One headless Chromium for all pages.

import { createServer } from "node:http";
import { access, readFile } from "node:fs/promises";
import { extname, join } from "node:path";
import { chromium } from "playwright-core";
import { Skipped } from "./target.mjs";
import { freePort } from "./processes.mjs";

const candidates = [
  process.env.CHROMIUM,
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
];
const args = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-dev-shm-usage",
];

let launched;

async function browser() {
  for (const executablePath of candidates) {
    if (!executablePath) continue;
    const isThere = await access(executablePath).then(
      () => true,
      () => false,
    );
    if (isThere) return (launched ??= chromium.launch({ executablePath, args }));
  }
  throw new Skipped("there is no Chromium (CHROMIUM names one elsewhere)");
}

export async function closeBrowser() {
  await (await launched)?.close();
}

/** Opens a page and waits for the suite's result. */
export async function openPage(url) {
  const chromium = await browser();
  const page = await chromium.newPage();
  const problems = [];
  page.on("pageerror", (error) => problems.push(String(error)));
  page.on("console", (message) => message.type() === "error" && problems.push(message.text()));
  page.on("requestfailed", (request) => problems.push(`${request.url()}: ${request.failure()?.errorText}`));
  try {
    const broken = page.waitForEvent("pageerror", { timeout: 0 }).then((error) => Promise.reject(error));
    broken.catch(() => {});
    await page.goto(url);
    // A dev server may load the page again when it has found the dependencies.
    const begun = page.waitForFunction(() => globalThis.result !== undefined, undefined, { timeout: 60_000 });
    await Promise.race([begun, broken]);
    const result = await page.evaluate(() => globalThis.result);
    return { ...result, ran: `Chromium ${chromium.version()}` };
  } catch (error) {
    throw new Error([error.message, ...problems].join("\n"));
  } finally {
    await page.close();
  }
}

const types = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".wasm": "application/wasm",
};

/** Serves a folder as it is for as long as `use` runs. */
export async function served(folder, use) {
  const server = createServer(async (request, response) => {
    const path = new URL(request.url, "http://localhost").pathname.replace(/\/$/, "/index.html");
    try {
      const file = await readFile(join(folder, path));
      response
        .writeHead(200, { "content-type": types[extname(path)] ?? "application/octet-stream" })
        .end(file);
    } catch {
      response.writeHead(404).end();
    }
  });
  const port = freePort();
  await new Promise((resolve) => server.listen(port, "127.0.0.1", resolve));
  try {
    return await use(`http://127.0.0.1:${port}/`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}
