// The loop that every call runs: send, judge, wait, again. JavaScript waits and Rust judges, so nothing of wasm is alive
// while a call is under way: workerd may drop a request at any await, and then all of it is garbage.

import { core, result } from "./core.js";
import { errorOf, report } from "./errors.js";
import { redactor } from "./redact.js";
import { send, within } from "./transport.js";
import { isText } from "./values.js";

/**
 * The plan of a method's call: the path, the body as JSON text, the call as a number, and what was said of time. Of one
 * whose plan depends on nothing but a text in its body, Rust says so with a template, and is not asked again.
 */
export function planOf({ settings, link, plans }, method, given) {
  const known = plans[method];
  const [text, options] = given;
  if (known && isText(text) && options === undefined) {
    return { __proto__: known, body: known.template.replace("\0a", () => JSON.stringify(text)) };
  }
  const { timeoutMs, maxRetries } = settings;
  const plan = result(core.plan(method, timeoutMs, maxRetries, { __proto__: null, ...link }, given));
  if (plan.template && options === undefined) plans[method] = plan;
  return plan;
}

/**
 * Runs a call to its end. A response is handed through as it was parsed, or as `read` gives it.
 */
export async function perform(settings, plan, read) {
  // Wasm returns before anything is sent. Under its frames, `fetch` takes longer, and has less of the stack.
  await undefined;
  const { onAttempt } = settings;
  const redact = () => redactor(settings, plan.body);
  let { call } = plan;
  let lostResponse;
  for (let attempt = 1; ; attempt++) {
    const started = onAttempt && Date.now();
    const outcome = await send(settings, plan, read);
    if (outcome.end === "thrown") throw outcome.cause;
    const isSuccess = outcome.end === "success";
    let verdict;
    if (!isSuccess) {
      const seen = { __proto__: null, ...outcome };
      verdict = core.judge(call, outcome.end, seen, Math.random(), Date.now());
    }
    if (onAttempt) {
      const durationMs = Date.now() - started;
      report(onAttempt, { endpoint: plan.path, attempt, durationMs }, outcome, verdict, redact);
    }
    if (isSuccess) return outcome.value;

    const error = () => errorOf({ ...verdict.error, endpoint: plan.path }, outcome, redact());
    if (verdict.waitMs === undefined) {
      if (verdict.usedEarlier) outcome.lostResponse = lostResponse;
      throw error();
    }
    if (verdict.responseLost) lostResponse ??= error();
    // Where the caller aborts meanwhile, nothing more is sent.
    const waited = await within(verdict.waitMs, plan.signal);
    if (waited) throw waited.cause;
    call = verdict.call;
  }
}
