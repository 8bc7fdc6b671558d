// A clock that stands still until a test moves it. The adapter looks up setTimeout, clearTimeout, Date.now and
// Math.random on the global object at each call, so they are replaced there for as long as a test runs.

import { assert } from "./assert.js";

const { setTimeout: realSetTimeout, clearTimeout: realClearTimeout } = globalThis;
const { now: realNow } = Date;
const { random: realRandom } = Math;

/** Lets whatever is ready run, a few turns of the event loop. */
export async function turns(count = 5) {
  for (let turn = 0; turn < count; turn++) {
    await new Promise((resolve) => realSetTimeout.call(globalThis, resolve, 0));
  }
}

/** Rejects if `promise` doesn't settle: a guard against tests that hang, and no test's measure. */
export function guarded(promise, ms) {
  let timer;
  const hung = new Promise((_, reject) => {
    timer = realSetTimeout.call(globalThis, () => reject(new Error("it did not settle")), ms);
  });
  return Promise.race([promise, hung]).finally(() => realClearTimeout.call(globalThis, timer));
}

export class Clock {
  /** Milliseconds since 1970. */
  now = Date.parse("2026-03-04T05:06:07.000Z");
  /** What Math.random gives: with 0, the waits between attempts are 250, 500, 1000, … ms. */
  random = 0;
  #timers = new Map();
  #lastId = 1_000_000_000;

  /** How long the timers that are running were asked to take, in milliseconds. */
  get timers() {
    return [...this.#timers.values()].map((timer) => timer.ms);
  }

  /** Waits until somebody has asked for a timer of so many milliseconds, and moves on to its end. */
  async fire(ms) {
    for (let turn = 0; turn < 500; turn++) {
      for (const [id, timer] of this.#timers) {
        if (timer.ms !== ms) continue;
        this.#timers.delete(id);
        this.now = Math.max(this.now, timer.due);
        timer.run();
        return turns(2);
      }
      await turns(1);
    }
    assert(false, `nobody set a timer of ${ms} ms; there are [${this.timers}]`);
  }

  /** Runs a test by this clock. */
  static async run(test) {
    const clock = new Clock();
    globalThis.setTimeout = (run, ms = 0, ...args) => {
      const id = ++clock.#lastId;
      clock.#timers.set(id, { ms, due: clock.now + ms, run: () => run(...args) });
      return id;
    };
    globalThis.clearTimeout = (id) => {
      if (!clock.#timers.delete(id)) realClearTimeout.call(globalThis, id);
    };
    Date.now = () => clock.now;
    Math.random = () => clock.random;
    try {
      await test(clock);
    } finally {
      Clock.stop();
    }
  }

  /** Back to the real clock, also when a test was given up. */
  static stop() {
    Object.assign(globalThis, { setTimeout: realSetTimeout, clearTimeout: realClearTimeout });
    Date.now = realNow;
    Math.random = realRandom;
  }
}
