// The core's table of reads, against the paths of Plaid's official package: a read that it lacks is not retried, and what
// is no read must not be in it.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { postPaths } from "../../scripts/types/plaid-endpoints.mjs";

const source = readFileSync(new URL("../../core/src/reads.rs", import.meta.url), "utf8");
const reads = [...source.matchAll(/^ {4}"(\/.+)",$/gm)].map(([, path]) => path);
const official = (await postPaths()).map(({ path }) => path);

/** The upper half of FNV-1a, as the core has it. */
function hash(text) {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash >>> 16;
}

test("every path in the table is one of Plaid's", () => {
  const known = new Set(official);
  assert.deepEqual(
    reads.filter((path) => !known.has(path)),
    [],
  );
  assert.deepEqual(reads, [...new Set(reads)].sort());
});

test("what ends like a read is in the table, but for what costs money or makes a bank work at each call", () => {
  const missing = official.filter((path) => /\/(get|list|sync)$/.test(path) && !reads.includes(path));
  const costs = /balance\/get$|insights|_score\/get$|risk_signals|ewa_report/;
  assert.deepEqual(
    missing.filter((path) => !costs.test(path)),
    [],
  );
  // One's own balance at Plaid asks no bank.
  const own = ["/bank_transfer/balance/get", "/transfer/balance/get"];
  assert.deepEqual(
    reads.filter((path) => costs.test(path)),
    own,
  );
});

test("every read ends as the core expects of one", () => {
  assert.deepEqual(
    reads.filter((path) => !/(get|ist|ync|[tr]ch|oad|_id|ect)$/.test(path)),
    [],
  );
});

test("what ends otherwise and reads is named here too", () => {
  assert.deepEqual(
    reads.filter((path) => !/\/(get|list|sync)$/.test(path)),
    [
      "/beta/issues/v1/match",
      "/employers/search",
      "/identity/match",
      "/income/verification/documents/download",
      "/institutions/get_by_id",
      "/institutions/search",
      "/issues/search",
      "/oauth/introspect",
      "/processor/identity/match",
      "/statements/download",
    ],
  );
});

test("no path of Plaid's that is no read has the hash of one", () => {
  const hashes = new Set(reads.map(hash));
  assert.equal(hashes.size, reads.length);
  assert.deepEqual(
    official.filter((path) => !reads.includes(path) && hashes.has(hash(path))),
    [],
  );
});
