// Firefox and WebKit, Safari's engine, each by its own driver. Both speak the WebDriver protocol.

import { access } from "node:fs/promises";
import { join } from "node:path";
import { tools } from "./consumer.mjs";
import { ask, freePort } from "./processes.mjs";
import { Skipped } from "./target.mjs";

const browsers = {
  Firefox: {
    binaries: ["/usr/bin/firefox-esr"],
    drivers: ["/usr/bin/geckodriver", join(tools, "bin/geckodriver")],
    command: (driver, port) => [driver, "--port", port],
    capabilities: (binary) => ({
      browserName: "firefox",
      "moz:firefoxOptions": { binary, args: ["-headless"] },
    }),
  },
  WebKit: {
    binaries: ["x86_64", "aarch64"].map(
      (machine) => `/usr/lib/${machine}-linux-gnu/webkit2gtk-4.1/MiniBrowser`,
    ),
    drivers: ["/usr/bin/WebKitWebDriver"],
    // It has no headless mode.
    command: (driver, port) => ["xvfb-run", "--auto-servernum", driver, `--port=${port}`],
    capabilities: (binary) => ({
      browserName: "MiniBrowser",
      "webkitgtk:browserOptions": { binary, args: ["--automation"] },
    }),
    // WebKit's sandbox does not start for root. The page is our own.
    env: process.getuid?.() === 0 ? { WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: "1" } : {},
  },
};

/** Opens a page in a browser and waits for the suite's result. */
export async function openPageIn(name, page) {
  const { binaries, drivers, command, capabilities, env } = browsers[name];
  const [binary, driver] = await Promise.all([binaries, drivers].map(firstOf));
  if (!binary || !driver) throw new Skipped(`scripts/setup.sh browsers installs ${name} on Debian only`);
  const port = String(freePort());
  const [program, ...args] = command(driver, port);
  return ask(`http://127.0.0.1:${port}/session`, program, args, {
    env,
    async use(url) {
      const timeouts = { script: 120_000 };
      const session = await post(url, {
        capabilities: { alwaysMatch: { ...capabilities(binary), timeouts } },
      });
      const at = `${url}/${session.sessionId}`;
      try {
        await post(`${at}/url`, { url: page });
        const result = await post(`${at}/execute/async`, {
          script: `(${waitForResult})(arguments[0])`,
          args: [],
        });
        return { ...result, ran: `${name} ${session.capabilities.browserVersion}` };
      } finally {
        await fetch(at, { method: "DELETE" });
      }
    },
  });
}

/** Runs in the page. `result` is a promise of the suite's. */
async function waitForResult(done) {
  while (globalThis.result === undefined) await new Promise((resolve) => setTimeout(resolve, 20));
  globalThis.result.then(done, (error) =>
    done({ passed: 0, failed: 1, failures: [{ name: "the page", message: String(error) }] }),
  );
}

async function post(url, body) {
  const headers = { "content-type": "application/json" };
  const response = await fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
  const { value } = await response.json();
  if (!response.ok) throw new Error(`${value.error}: ${value.message}`);
  return value;
}

async function firstOf(paths) {
  for (const path of paths) {
    const isThere = await access(path).then(
      () => true,
      () => false,
    );
    if (isThere) return path;
  }
}
