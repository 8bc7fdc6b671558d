import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unstable_readConfig as readConfig } from "wrangler";

const WORKER = '"name": "worker", "main": "src/index.js", "compatibility_date": "2026-04-01"';

/** A wrangler.jsonc, or a part of one, as wrangler reads it. What wrangler complains of is thrown. */
export function wranglerConfig(code) {
  const folder = mkdtempSync(join(tmpdir(), "plaid-edge-docs-"));
  const complaints = [];
  const { warn } = console;
  console.warn = (...words) => complaints.push(words.join(" "));
  try {
    const config = join(folder, "wrangler.jsonc");
    writeFileSync(config, code.startsWith("{") ? code : `{ ${WORKER},\n${code}\n}`);
    const read = readConfig({ config });
    if (complaints.length > 0) throw new Error(complaints.join("\n"));
    return read;
  } finally {
    console.warn = warn;
    rmSync(folder, { recursive: true });
  }
}
