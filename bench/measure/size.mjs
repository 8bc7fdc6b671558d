// How many bytes a worker that makes one call deploys.

import { INLINED, bundle, sizes } from "../lib/bundle.mjs";

export async function measureSize(contenders) {
  const rows = [];
  for (const contender of contenders) rows.push(await row(contender, contender));
  rows.push(await row("plaid-edge, inlined", "plaid-edge", INLINED));
  return rows;
}

async function row(name, contender, target) {
  const { script, wasm } = await bundle("one-call-worker.js", contender, target);
  const parts = { script: sizes(script) };
  if (wasm.length > 0) parts.wasm = sizes(wasm[0].bytes);
  const total = {};
  for (const unit of ["raw", "gzip", "brotli"]) total[unit] = parts.script[unit] + (parts.wasm?.[unit] ?? 0);
  return { name, ...parts, total };
}
