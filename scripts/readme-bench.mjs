// The measurements in docs/comparison.md and the README: sizes as they are now, which takes seconds, and times as the last
// `make bench` found them. Wants the packed package: run `make pack` first.

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { generateHeyApi } from "../bench/lib/generate.mjs";
import { unpackPlaidEdge } from "../bench/lib/package.mjs";
import { measureSize } from "../bench/measure/size.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const [begin, end] = ["<!-- bench -->", "<!-- /bench -->"];
const NAMES = {
  fetch: "`fetch`, by hand",
  "openapi-fetch": "openapi-fetch",
  "hey-api": "hey-api",
  "plaid-edge": "plaid-edge",
  "plaid-fetch": "plaid-fetch",
  plaid: "plaid",
};

unpackPlaidEdge();
await generateHeyApi();
const rows = await measureSize(Object.keys(NAMES));
const parts = [sizes(rows)];
const results = `${root}bench/results/results.json`;
if (existsSync(results)) parts.push(times(JSON.parse(readFileSync(results, "utf8"))));

edit("docs/comparison.md", (text) => {
  const [before, rest] = text.split(begin);
  const [, after] = rest?.split(end) ?? [];
  if (after === undefined) throw new Error(`docs/comparison.md lacks the markers ${begin} and ${end}`);
  return [before, begin, "\n", parts.join("\n\n"), "\n", end, after].join("");
});
const kilobytes = (contender) =>
  `${(rows.find(({ name }) => name === contender).total.gzip / 1000).toFixed(1)} KB`;
const inWords = /openapi-fetch \(.* KB\) or hey-api \(.* KB\)/;
const inTable = /(\| size .*\| \*\*).* KB(\*\* \| ).* KB( \|.*)/;
edit("README.md", (text) =>
  replace(
    text,
    inWords,
    `openapi-fetch (${kilobytes("openapi-fetch")}) or hey-api (${kilobytes("hey-api")})`,
  ),
);
edit("docs/comparison.md", (text) =>
  replace(text, inTable, `$1${kilobytes("openapi-fetch")}$2${kilobytes("hey-api")}$3`),
);

function edit(path, change) {
  writeFileSync(root + path, change(readFileSync(root + path, "utf8")));
}

function replace(text, pattern, replacement) {
  if (!pattern.test(text)) throw new Error(`nothing looks like ${pattern}`);
  return text.replace(pattern, replacement);
}

function sizes(rows) {
  const whole = (number) => number.toLocaleString("en-US");
  return `What a worker that makes one call deploys, in bytes (\`make bench\`):

${table(
  ["", "minified", "gzip", "brotli"],
  rows.map(({ name, total }) => [
    NAMES[name] ?? `${name} (all runtimes but workerd)`,
    ...[total.raw, total.gzip, total.brotli].map(whole),
  ]),
)}`;
}

/** Medians; bench/results/results.md has their spread, and more. */
function times({ machine, load, calls }) {
  // A peer that joined after the last `make bench` has no times yet.
  const measured = calls.node[0].contenders.map(({ name }) => name);
  const shown = Object.entries(NAMES).filter(([contender]) => measured.includes(contender));
  const rows = shown.map(([contender, name]) => {
    const ready = load.find((row) => row.name === contender && row.from === "a bundle");
    const call = (runtime, accounts) => {
      const { contenders } = calls[runtime].find((measured) => measured.accounts === accounts);
      const { ms, ratio } = contenders.find(({ name }) => name === contender);
      return contender === "fetch" ? `${ms.median.toFixed(2)} ms` : `${ratio.median.toFixed(2)} ×`;
    };
    return [
      name,
      ready ? ready.readyMs.median.toFixed(1) : "",
      ...["node", "workerd"].flatMap((runtime) => [call(runtime, 4), call(runtime, 5000)]),
    ];
  });
  const head = [
    "",
    "ready in Node, ms",
    ...["Node", "workerd"].flatMap((name) => [`${name}, 4`, `${name}, 5,000`]),
  ];
  return `What a call of \`/auth/get\` takes, as a multiple of the \`fetch\` by hand, with 4 and with 5,000 accounts in the response (\`make bench\` on ${machine.date}, ${machine.cores} × ${machine.cpu}, Node ${machine.node}; [all results](../bench/results/results.md), [how they are made](../bench/README.md)):

${table(head, rows)}

![The same as a picture](bench.svg)`;
}

function table(head, rows) {
  const line = (cells) => `| ${cells.join(" | ")} |`;
  return [head, head.map((_, index) => (index === 0 ? "---" : "---:")), ...rows].map(line).join("\n");
}
