// How the cost of a call grows with its answer, and that of many calls with their number.

import { exponent } from "../lib/stats.mjs";
import { measureCalls } from "./calls.mjs";

/** Time against the size of the answer, in accounts, from where the size outweighs the call itself. */
export async function measureGrowth(runtime, contenders, options) {
  const sizes = [2_000, 5_000, 10_000, 20_000, 50_000];
  const cases = sizes.map((accounts) => ({
    accounts,
    calls: 1,
    inFlight: 1,
    rounds: Math.ceil((options.rounds * 2_000) / accounts) + 2,
    warmUp: 2,
  }));
  const results = await measureCalls(runtime, contenders, cases, options);
  return contenders.map((name, index) => {
    const points = results.map(({ accounts, contenders }) => [accounts, contenders[index].ms.median]);
    return { name, points, exponent: exponent(points) };
  });
}
