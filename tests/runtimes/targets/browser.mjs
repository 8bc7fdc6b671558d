// A page in each browser, and in Chromium by way of each bundler.

import { readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import * as esbuild from "esbuild";
import { openPage, served } from "../chromium.mjs";
import { freePort } from "../processes.mjs";
import { openPageIn } from "../webdriver.mjs";

const require = createRequire(import.meta.url);

export default [
  inBrowser("Chromium", openPage),
  inBrowser("Firefox", (url) => openPageIn("Firefox", url)),
  inBrowser("WebKit", (url) => openPageIn("WebKit", url)),
  {
    runtime: "esbuild",
    how: "bundle",
    version: esbuild.version,
    async run(folder) {
      const build = {
        entryPoints: [join(folder, "page.js")],
        outfile: join(folder, "page.js"),
        allowOverwrite: true,
      };
      await esbuild.build({ ...build, bundle: true, minify: true, format: "esm", absWorkingDir: folder });
      return served(folder, openPage);
    },
  },
  {
    runtime: "webpack",
    how: "production",
    version: require("webpack/package.json").version,
    async run(folder) {
      const webpack = require("webpack");
      const compiler = webpack({
        mode: "production",
        context: folder,
        entry: "./page.js",
        output: { path: folder, filename: "page.js" },
        performance: { hints: false },
      });
      const stats = await new Promise((resolve, reject) =>
        compiler.run((error, stats) => (error ? reject(error) : resolve(stats))),
      );
      await new Promise((resolve) => compiler.close(resolve));
      if (stats.hasErrors() || stats.hasWarnings()) throw new Error(stats.toString("errors-warnings"));
      return served(folder, openPage);
    },
  },
  {
    runtime: "Vite",
    how: "dev",
    version: require("vite/package.json").version,
    async run(folder) {
      const { createServer } = await import("vite");
      const port = freePort();
      const server = await createServer({
        ...viteSettings(folder),
        server: { port, host: "127.0.0.1", strictPort: true },
      });
      try {
        await server.listen();
        return await openPage(`http://127.0.0.1:${port}/`);
      } finally {
        await server.close();
      }
    },
  },
  {
    runtime: "Vite",
    how: "build",
    version: require("vite/package.json").version,
    async run(folder) {
      const { build } = await import("vite");
      await build(viteSettings(folder));
      return served(join(folder, "dist"), openPage);
    },
  },
];

function inBrowser(name, open) {
  return {
    runtime: name,
    how: "<script type=module> and an import map",
    async run(folder) {
      const within = "/node_modules/plaid-edge";
      const imports = { "plaid-edge": `${within}/index.js`, "plaid-edge/sandbox": `${within}/sandbox.js` };
      const page = join(folder, "index.html");
      const map = `<script type="importmap">${JSON.stringify({ imports })}</script>`;
      await writeFile(page, (await readFile(page, "utf8")).replace("<!-- import map -->", map));
      const result = await served(folder, open);
      return { ...result, version: result.ran.replace(`${name} `, "") };
    },
  };
}

const viteSettings = (root) => ({
  root,
  configFile: false,
  logLevel: "error",
  cacheDir: join(root, ".vite"),
});
