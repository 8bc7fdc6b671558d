// Assembles dist/package, the npm package, from wasm-bindgen's output in dist/wasm and from pkg-template.
// Each of the two modules, the adapter and the sandbox, gets an entry per kind of runtime:
//   <name>.js, <name>.cjs   anywhere: the wasm inlined, compiled when first loaded
//   <name>-workerd.js       Cloudflare Workers: there, a .wasm import is a compiled module
//   <name>-edge-light.js    Vercel's edge and unwasm: the same, asked for with ?module
//   <name>-glue.js          what the others share
//   manual.js, sandbox-manual.js and .cjs: anywhere, their user starts them with the compiled module
// The command, cli.js, has the stand-in for Plaid Link beside it, in link/.

import { copyFile, cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
const out = `${root}dist/package`;

// What each module exports, and what is told when its wasm runs, can't be compiled, or waits to be started.
const modules = [
  {
    name: "index",
    wasm: "plaid_edge",
    manual: "manual",
    exports: "./src/js/index.js",
    connect: `import { connect, disconnect, unstarted } from "./src/js/core.js";`,
  },
  {
    name: "sandbox",
    wasm: "plaid_edge_sandbox",
    manual: "sandbox-manual",
    exports: "./dist/wasm/sandbox.js",
    connect: `import { refused, unavailable } from "./src/js/core.js";
import { __wbg_set_wasm } from "@bindings";
let isRunning = false;
const connect = () => (isRunning = true);
const disconnect = (cause) => __wbg_set_wasm(refused(cause));
const unstarted = () => isRunning || __wbg_set_wasm(unavailable("plaid-edge/sandbox-manual"));`,
  },
];

// wasm-bindgen copies the JavaScript that Rust imports from. The originals are taken, so that there is one of each.
const sources = {
  name: "sources",
  setup({ onResolve }) {
    onResolve({ filter: /\/snippets\/[^/]+\/src\/js\// }, ({ path }) => ({
      path: root + path.slice(path.indexOf("/src/js/") + 1),
    }));
  },
};

await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });
await checkVersion();
await writeFile(`${root}dist/wasm/sandbox.js`, `export { PlaidSandbox } from "@bindings";\n`);
for (const module of modules) await writeModule(module);
for (const file of ["package.json", "cli.js", "llms.txt"])
  await copyFile(`${root}pkg-template/${file}`, `${out}/${file}`);
await cp(`${root}sandbox/link`, `${out}/link`, { recursive: true });
for (const file of ["README.md", "CHANGELOG.md", "SECURITY.md", "LICENSE", "LICENSE-MIT", "LICENSE-APACHE"]) {
  await copyFile(root + file, `${out}/${file}`);
}

async function writeModule({ name, wasm, exports, connect, manual: manualName }) {
  /** Writes a bundle, and gives the names that it exports. */
  const bundle = async (outfile, contents, { format = "esm", isInlined = false } = {}) => {
    const { outputFiles, metafile } = await esbuild.build({
      stdin: { contents, resolveDir: root },
      write: false,
      outfile,
      metafile: true,
      format,
      bundle: true,
      platform: "neutral",
      target: "es2022",
      // Names stay as they are, so that a stack trace can be read.
      minifyWhitespace: true,
      minifySyntax: true,
      alias: { "@bindings": `${root}dist/wasm/${wasm}_bg.js` },
      define: { BINDINGS: JSON.stringify(`./${wasm}_bg.js`), INLINED: String(isInlined) },
      loader: { ".wasm": "base64" },
      plugins: [sources],
      logLevel: "warning",
    });
    // esbuild renames a class that speaks of itself, and the new name would be seen in consoles and stacks.
    await writeFile(`${out}/${outfile}`, outputFiles[0].text.replace(/\b_(Plaid\w+)/g, "$1"));
    return Object.values(metafile.outputs)[0].exports;
  };

  await copyFile(`${root}dist/wasm/${wasm}_bg.wasm`, `${out}/${wasm}.wasm`);
  const glue = `import { start as instantiate } from "./pkg-template/glue.js";
${connect}
export const start = (module) => instantiate(module, connect);
export { unstarted };
export * from "${exports}";`;
  const names = await bundle(`${name}-glue.js`, glue);
  const shown = names.filter((exported) => !/^(un)?start(ed)?$/.test(exported)).join(", ");
  for (const [runtime, query] of [
    ["workerd", ""],
    ["edge-light", "?module"],
  ]) {
    const entry = `import module from "./${wasm}.wasm${query}";
import { start } from "./${name}-glue.js";
start(module);
export { ${shown} } from "./${name}-glue.js";
`;
    await writeFile(`${out}/${name}-${runtime}.js`, entry);
  }

  const manual = `import { start as begin, unstarted } from "./${name}-glue.js";
export { ${shown} } from "./${name}-glue.js";
unstarted();
export function start(module) {
  if (Object.prototype.toString.call(module) !== "[object WebAssembly.Module]") {
    throw new TypeError("start must be given a WebAssembly.Module: plaid-edge/${wasm}.wasm, compiled");
  }
  begin(module);
}
`;
  await writeFile(`${out}/${manualName}.js`, manual);
  await bundle(`${manualName}.cjs`, `export * from "./dist/package/${manualName}.js";`, { format: "cjs" });

  const inlined = `import base64 from "./dist/package/${wasm}.wasm";
import { startInlined } from "./pkg-template/glue.js";
${connect}
startInlined(base64, connect, disconnect);
export * from "${exports}";`;
  await bundle(`${name}.js`, inlined, { isInlined: true });
  await bundle(`${name}.cjs`, inlined, { format: "cjs", isInlined: true });
}

async function checkVersion() {
  const { version } = JSON.parse(await readFile(`${root}pkg-template/package.json`, "utf8"));
  const cargo = await readFile(`${root}Cargo.toml`, "utf8");
  if (!cargo.includes(`\nversion = "${version}"\n`)) {
    throw new Error(`pkg-template/package.json says version ${version}, Cargo.toml another`);
  }
}
