// What the declarations cost whoever compiles with them: time and memory of tsc, and of an editor's first completion.
//
//   node bench/measure/types.mjs [rounds]     wants dist/package; PLAID_EDGE_TYPESCRIPT: another TypeScript's folder
//
// A program of a few calls is compiled in a fresh process, by turns
//   - with fetch alone
//   - with plaid-edge as if `request` had no types: all but what its own methods need is cut from the declarations
//   - with plaid-edge as it is
//   - with Plaid's official client
// The lowest of all rounds counts, since other programs can only add to it.

import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import ts from "typescript";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../../", import.meta.url));
const packed = join(root, "dist/package");
const compiler = process.env.PLAID_EDGE_TYPESCRIPT ?? join(root, "node_modules/typescript");
const rounds = Number(process.argv[2] ?? 10);

const CALLS = `const plaid = new PlaidAdapter({});
const { link_token } = await plaid.createLinkToken("user-1");
const { numbers } = await plaid.authRequest("access");
const answer = await plaid.request("/item/get", { access_token: "access" });
export const shown = [link_token, numbers.ach, answer.item.item_id];
`;
// Time on the processors, all threads: what other programs disturb least.
const REPORT_CPU = `data:text/javascript,process.on("exit", () => {
  const { user, system } = process.cpuUsage();
  console.log("processor " + (user + system) / 1e6);
})`;
const programs = {
  "fetch alone": `const response = await fetch("https://sandbox.plaid.com/auth/get");\nexport const shown = await response.json();\n`,
  "plaid-edge, request untyped": `import { PlaidAdapter } from "plaid-edge";\n${CALLS}`,
  "plaid-edge": `import { PlaidAdapter } from "plaid-edge";\n${CALLS}`,
  "the official client": `import { Configuration, PlaidApi } from "plaid";
const plaid = new PlaidApi(new Configuration());
const { data } = await plaid.authGet({ access_token: "access" });
export const shown = data.numbers.ach;
`,
};

if (process.argv[2] === "--complete") console.log(JSON.stringify(complete(process.argv[3])));
else await measure();

async function measure() {
  const folder = mkdtempSync(join(tmpdir(), "plaid-edge-bench-"));
  try {
    const samples = {};
    for (const [index, [name, source]] of Object.entries(programs).entries())
      for (const skipLibCheck of [true, false]) {
        const project = prepare(join(folder, `${index}-${skipLibCheck}`), name, source, skipLibCheck);
        samples[`${name}|${skipLibCheck}`] = { name, skipLibCheck, project, tsc: [], editor: [] };
      }
    for (let round = 0; round < rounds; round++)
      for (const sample of Object.values(samples)) {
        sample.tsc.push(await compile(sample.project));
        if (sample.skipLibCheck) {
          const args = [fileURLToPath(import.meta.url), "--complete", sample.project];
          sample.editor.push(JSON.parse((await run(process.execPath, args)).stdout));
        }
      }
    console.log(
      `TypeScript ${JSON.parse(readFileSync(join(compiler, "package.json"), "utf8")).version}, ${rounds} rounds`,
    );
    for (const skipLibCheck of [true, false]) {
      console.log(`\ntsc, skipLibCheck ${skipLibCheck}`);
      table(
        Object.values(samples).filter((sample) => sample.skipLibCheck === skipLibCheck),
        "tsc",
      );
    }
    console.log("\nan editor's first completion (TypeScript 5's language service)");
    table(
      Object.values(samples).filter(({ editor }) => editor.length > 0),
      "editor",
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function table(samples, what) {
  const [nothing] = samples;
  const least = (sample, key) => Math.min(...sample[what].map((one) => one[key]));
  for (const sample of samples) {
    const added = (key, digits, unit) => {
      const more = least(sample, key) - least(nothing, key);
      return `${more < 0 ? "−" : "+"}${Math.abs(more).toFixed(digits)} ${unit}`;
    };
    console.log(
      sample.name.padEnd(30),
      `${least(sample, "seconds").toFixed(2)} s`,
      `(processor ${least(sample, "cpu").toFixed(2)} s)`,
      `${least(sample, "megabytes").toFixed(0)} MB`.padStart(8),
      sample === nothing
        ? ""
        : `  ${added("seconds", 2, "s")} (processor ${added("cpu", 2, "s")}), ${added("megabytes", 0, "MB")}`,
    );
  }
}

function prepare(project, name, source, skipLibCheck) {
  const modules = join(project, "node_modules");
  mkdirSync(modules, { recursive: true });
  writeFileSync(join(project, "package.json"), '{"type":"module"}');
  writeFileSync(join(project, "main.ts"), source);
  const compilerOptions = {
    ...{ target: "es2022", module: "nodenext", lib: ["es2022", "dom"], types: [] },
    ...{ strict: true, noEmit: true, skipLibCheck },
  };
  writeFileSync(join(project, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["main.ts"] }));
  if (source.includes('"plaid"')) symlinkSync(join(root, "node_modules/plaid"), join(modules, "plaid"));
  if (source.includes('"plaid-edge"')) {
    const isDeclared = (file) => !/\.(wasm|js|cjs)$/.test(file);
    cpSync(packed, join(modules, "plaid-edge"), { recursive: true, filter: isDeclared });
    const types = join(modules, "plaid-edge/endpoints.d.ts");
    if (name.includes("untyped")) writeFileSync(types, untyped(readFileSync(types, "utf8")));
  }
  return project;
}

/** The declarations without endpoints and webhooks, and without what only they consist of. */
function untyped(text) {
  const source = ts.createSourceFile("endpoints.d.ts", text, ts.ScriptTarget.Latest, true);
  const nodes = new Map(source.statements.filter((node) => node.name).map((node) => [node.name.text, node]));
  const stubs = {
    PlaidEndpoints: "export interface PlaidEndpoints {}",
    PlaidFilePath: "export type PlaidFilePath = never;",
    UnlistedWebhook: "export type UnlistedWebhook = { webhook_type: string; webhook_code: string };",
    PlaidWebhook: "export type PlaidWebhook = UnlistedWebhook & { [field: string]: unknown };",
  };
  const [, list] = /^import type \{([^}]*)\} from "\.\/endpoints\.js";/m.exec(
    readFileSync(join(packed, "index.d.ts"), "utf8"),
  );
  const pending = list.split(",").map((name) => name.trim());
  const kept = new Set(["Known"]);
  while (pending.length > 0) {
    const name = pending.pop();
    if (kept.has(name) || name in stubs || !nodes.has(name)) continue;
    kept.add(name);
    const visit = (node) => {
      if (ts.isTypeReferenceNode(node)) pending.push(node.typeName.getText());
      ts.forEachChild(node, visit);
    };
    visit(nodes.get(name));
  }
  return [...Object.values(stubs), ...[...kept].map((name) => nodes.get(name).getFullText())].join("\n");
}

async function compile(project) {
  const args = ["--import", REPORT_CPU, join(compiler, "bin/tsc"), "-p", project, "--extendedDiagnostics"];
  const { stdout } = await run(process.execPath, args).catch((failed) => {
    throw new Error(failed.stdout);
  });
  const value = (name) => Number(new RegExp(`^${name}:\\s+([\\d.]+)`, "m").exec(stdout)[1]);
  const cpu = Number(/^processor (.*)$/m.exec(stdout)[1]);
  return { seconds: value("Total time"), cpu, megabytes: value("Memory used") / 1024 };
}

/** In a process of its own: opens main.ts as an editor does and asks what may follow in its last line. */
function complete(project) {
  const started = performance.now();
  const file = join(project, "main.ts");
  const text = readFileSync(file, "utf8");
  const config = ts.readConfigFile(join(project, "tsconfig.json"), ts.sys.readFile).config;
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, project);
  const service = ts.createLanguageService({
    getScriptFileNames: () => [file],
    getScriptVersion: () => "1",
    getScriptSnapshot: (name) => {
      const read = ts.sys.readFile(name);
      return read === undefined ? undefined : ts.ScriptSnapshot.fromString(read);
    },
    getCurrentDirectory: () => project,
    getCompilationSettings: () => options,
    getDefaultLibFileName: ts.getDefaultLibFilePath,
    fileExists: ts.sys.fileExists,
    readFile: ts.sys.readFile,
  });
  if (!service.getCompletionsAtPosition(file, text.lastIndexOf("await") + 6, {}))
    throw new Error("no completion");
  const seconds = (performance.now() - started) / 1_000;
  const { user, system } = process.cpuUsage();
  return { seconds, cpu: (user + system) / 1e6, megabytes: process.memoryUsage().heapUsed / 1024 ** 2 };
}
