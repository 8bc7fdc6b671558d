import * as plaidEdge from "plaid-edge";
import { PlaidSandbox } from "plaid-edge/sandbox";
import { expect, test } from "vitest";
import { short } from "./short.js";

test("the suite's short form", async () => {
  const result = await short({ ...plaidEdge, PlaidSandbox });
  console.log(JSON.stringify(result));
  expect(result.failed).toBe(0);
});
