// What a contender is made to do, the same in Node and in workerd: `calls` calls, `inFlight` of them at once.

export async function runBatch(call, { accounts, calls, inFlight }) {
  let left = calls;
  async function lane() {
    while (left-- > 0) {
      const answer = await call(`access-bench-${accounts}`);
      if (answer.accounts.length !== accounts) throw new Error(`expected ${accounts} accounts`);
    }
  }
  await Promise.all(Array.from({ length: inFlight }, lane));
}

/** Calls that are aborted while the upstream keeps them waiting. */
export async function runAborts(call, { calls, inFlight }) {
  let left = calls;
  async function lane() {
    while (left-- > 0) {
      const controller = new AbortController();
      const answered = call("access-bench-hang", controller.signal);
      setTimeout(() => controller.abort(), 5);
      const outcome = await answered.then(
        () => "answered",
        () => "aborted",
      );
      if (outcome !== "aborted") throw new Error("a call that was aborted got an answer");
    }
  }
  await Promise.all(Array.from({ length: inFlight }, lane));
}
