// How long a fresh Node takes from the import to the first object that can be called.

import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { NODE, bundle } from "../lib/bundle.mjs";
import { spread } from "../lib/stats.mjs";

const bench = fileURLToPath(new URL("..", import.meta.url));
const run = promisify(execFile);

export async function measureLoad(contenders, { processes }) {
  const folder = await mkdtemp(join(tmpdir(), "plaid-edge-bench-"));
  const starts = [];
  for (const name of contenders) {
    starts.push({ name, from: "node_modules", args: [`${bench}contenders/${name}.js`] });
    const { script } = await bundle(`contenders/${name}.js`, name, NODE);
    await writeFile(join(folder, `${name}.cjs`), script);
    starts.push({ name, from: "a bundle", args: [join(folder, `${name}.cjs`)] });
  }
  starts.push({
    name: "plaid-edge",
    from: "a bundle, wasm compiled",
    args: await compiledBeforehand(folder),
  });

  for (const start of starts) start.runs = [];
  for (let round = 0; round < processes; round++) {
    for (let index = 0; index < starts.length; index++) {
      const { args, runs } = starts[(index + round) % starts.length];
      const { stdout } = await run(process.execPath, [`${bench}load-runner.mjs`, ...args]);
      runs.push(JSON.parse(stdout));
    }
  }
  await rm(folder, { recursive: true });
  return starts.map(({ name, from, runs }) => {
    const part = (key) => spread(runs.map((run) => run[key]));
    const parts = ["importMs", "constructMs", "readyMs", "compileMs", "instantiateMs"];
    return { name, from, ...Object.fromEntries(parts.map((key) => [key, part(key)])) };
  });
}

/** The form for runtimes that hand in a compiled module, as workerd does, made runnable in Node. */
async function compiledBeforehand(folder) {
  const { script, wasm } = await bundle("contenders/plaid-edge.js", "plaid-edge");
  const [{ name, bytes }] = wasm;
  const imported = new RegExp(`import\\s*([\\w$]+)\\s*from\\s*"\\./${name}";`);
  await writeFile(join(folder, name), bytes);
  await writeFile(join(folder, "bundle.mjs"), script.toString().replace(imported, "const $1 = compiled;"));
  return [join(folder, "bundle.mjs"), join(folder, name)];
}
