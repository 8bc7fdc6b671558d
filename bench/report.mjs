// The results as Markdown tables.

const NAMES = { fetch: "hand-written fetch", "fetch-timeout": "the same with a timeout" };
const RUNTIMES = { node: "Node", workerd: "workerd" };

export const nameOf = (contender) => NAMES[contender] ?? contender;

export function report({ machine, amount, size, load, calls, throughput, memory, growth }) {
  const both = (section) => ["node", "workerd"].map(section).join("\n\n");
  return `# plaid-edge ${machine["plaid-edge"]}, measured

${machine.date}, ${machine.cores} × ${machine.cpu}, Node ${machine.node}, workerd ${machine.workerd}, plaid ${machine.plaid},
plaid-fetch ${machine["plaid-fetch"]}, openapi-fetch ${machine["openapi-fetch"]}, hey-api ${machine["hey-api"]}. Written by \`make bench\`; bench/README.md says what each number means.
Times are medians of ${amount.sittings} sittings, each in fresh processes, with the lowest and the highest sitting in brackets.

## Bundle of a worker that makes one call, bytes

${table(
  ["", "minified", "gzip", "brotli", "of it wasm, gzip", "of it JavaScript, gzip"],
  size.map(({ name, total, wasm, script }) => [
    nameOf(name),
    ...[total.raw, total.gzip, total.brotli, wasm?.gzip ?? 0, script.gzip].map(whole),
  ]),
)}

## Load in a fresh Node, ms

${table(
  ["", "imported from", "ready", "of it import", "construction", "wasm compile", "wasm instantiate"],
  load.map(({ name, from, readyMs, importMs, constructMs, compileMs, instantiateMs }) => [
    nameOf(name),
    from,
    range(readyMs, 1),
    ...[importMs, constructMs, compileMs, instantiateMs].map(({ median }) => median.toFixed(2)),
  ]),
)}

## Time of a call, as a multiple of the hand-written fetch

${both((runtime) => ratios(calls[runtime], runtime, "ratio"))}

## Processor time of a call, as a multiple of the hand-written fetch

${both((runtime) => ratios(calls[runtime], runtime, "processorRatio"))}

## Calls a second, 4 accounts

${both((runtime) => rates(throughput[runtime], runtime))}

## Memory

${both((runtime) => memories(memory[runtime], runtime))}

## Growth

The exponent k of time = c · x^k: 1 is linear.

${table(
  ["", "with the answer, Node", "with the answer, workerd", "with the calls made, Node"],
  growth.node.map(({ name, exponent }, index) => [
    nameOf(name),
    exponent.toFixed(2),
    growth.workerd[index].exponent.toFixed(2),
    memory.node.find((row) => row.name === name).exponent.toFixed(2),
  ]),
)}
`;
}

function ratios(cases, runtime, key) {
  const [{ contenders }] = cases;
  const absolute = key === "ratio" ? "ms" : "processorMs";
  return table(
    [RUNTIMES[runtime], ...cases.map(({ accounts }) => `${whole(accounts)} accounts`)],
    contenders.map(({ name }, index) => [
      nameOf(name),
      ...cases.map(({ contenders }) => {
        const own = contenders[index];
        return index === 0 ? `${own[absolute].median.toFixed(2)} ms` : range(own[key], 2);
      }),
    ]),
  );
}

function rates(cases, runtime) {
  const [{ contenders }] = cases;
  const rate = ({ ms, ratio }) => `${whole(1000 / ms.median)} (${(1 / ratio.median).toFixed(2)} ×)`;
  return table(
    [RUNTIMES[runtime], ...cases.map(({ inFlight }) => `${inFlight} in flight`)],
    contenders.map(({ name }, index) => [
      nameOf(name),
      ...cases.map(({ contenders }) => rate(contenders[index])),
    ]),
  );
}

function memories(rows, runtime) {
  const after = rows[0].steps.map(
    (step) => `after ${step.after.replace(/\d+/, (digits) => whole(Number(digits)))}`,
  );
  const megabytes = (bytes) => (bytes / 1e6).toFixed(1);
  const cell = ({ heapUsed, rss, wasm }) => {
    const parts = [heapUsed && `heap ${megabytes(heapUsed)} MB`, `process ${megabytes(rss)} MB`];
    if (wasm) parts.push(`${wasm / 65_536} wasm pages`);
    return parts.filter(Boolean).join(", ");
  };
  return table(
    [RUNTIMES[runtime], ...after],
    rows.map(({ name, steps }) => [nameOf(name), ...steps.map(cell)]),
  );
}

function range({ median, low, high }, digits) {
  return `${median.toFixed(digits)} (${low.toFixed(digits)}–${high.toFixed(digits)})`;
}

const whole = (number) => Math.round(number).toLocaleString("en-US");

function table(head, rows) {
  const line = (cells) => `| ${cells.join(" | ")} |`;
  const rule = head.map((_, index) => (index === 0 ? "---" : "---:"));
  return [head, rule, ...rows].map(line).join("\n");
}
