import { assertEquals, assertMatch, assertRejects } from "./assert.js";
import { env, ok, upstream } from "./upstream.js";

/**
 * Checks that an argument is refused as all are: by a rejection, of the operation's class and of kind
 * "invalid_argument", naming the field, with nothing sent.
 */
export async function assertInvalid({ PlaidAdapter }, Class, field, call) {
  const { fetch, calls } = upstream(ok);
  const adapter = new PlaidAdapter(env, { fetch });
  const error = await assertRejects(() => call(adapter), Class, {
    kind: "invalid_argument",
    attempts: 0,
    retryable: false,
  });
  assertMatch(error.message, field);
  assertEquals(error.status, undefined);
  assertEquals(calls.length, 0, "requests sent:");
}

/** What is wrong wherever CallOptions are taken, with the field that the message names. */
export const wrongCallOptions = () => [
  ["timeoutMs", 0],
  ["timeoutMs", NaN],
  ["timeoutMs", Infinity],
  ["timeoutMs", "1000"],
  ["maxRetries", -1],
  ["maxRetries", 1.5],
  ["maxRetries", "2"],
  ["signal", {}],
  ["signal", "stop"],
  ["signal", new AbortController()],
];
