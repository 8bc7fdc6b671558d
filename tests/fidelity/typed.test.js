// The sandbox's typed responses are what Plaid's official types say today.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { typedFile, typedResponses } from "../../scripts/types/typed-responses.mjs";
import { validateResponse } from "./schemas.js";

test("the file of typed responses is up to date: node scripts/types/typed-responses.mjs", async () => {
  assert.equal(readFileSync(typedFile, "utf8"), await typedResponses());
});

test("each typed response is valid", () => {
  const lines = readFileSync(typedFile, "utf8").trimEnd().split("\n");
  assert.ok(lines.length > 300);
  for (const line of lines) {
    const [path, body] = [line.slice(0, line.indexOf(" ")), line.slice(line.indexOf(" ") + 1)];
    const problem = validateResponse(path, { ...JSON.parse(body), request_id: "r" });
    assert.ok(problem === null || /has no such type/.test(problem), problem);
  }
});
