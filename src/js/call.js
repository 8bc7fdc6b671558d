// The loop that every call runs: send, judge, wait, again. JavaScript waits and Rust judges, so nothing of wasm is alive
// while a call is under way: workerd may drop a request at any await, and then all of it is garbage.

import { core, result } from "./core.js";
import { errorOf, report } from "./errors.js";
import { redactor } from "./redact.js";
import { send, within } from "./transport.js";
import { isText, withValue } from "./values.js";

/**
 * The plan of a method's call: the path, the body as JSON text, the call as a number, and what was said of time. Where
 * Rust gives a template, the argument is all that goes into it. Without options, such a plan is the same the next time.
 */
export function planOf({ settings, link, plans }, method, given) {
  const [argument, options] = given;
  const isPlain = options === undefined && isText(argument);
  let known = isPlain && plans[method];
  if (!known) {
    const values = { __proto__: null, ...link };
    const plan = result(core.plan(method, settings.timeoutMs, settings.maxRetries, values, given));
    if (!plan.template) return plan;
    const { call, path, timeoutMs, signal, list, template } = plan;
    known = { call, path, timeoutMs, signal, list, template };
    if (isPlain) plans[method] = known;
  }
  return { ...known, body: withValue(known.template, argument) };
}

/**
 * Runs a call to its end. A response is handed through as it was parsed, or as `read` gives it.
 */
export async function perform(settings, plan, read) {
  // Nothing is sent in the caller's own turn: an abort right after the call comes in time, and where wasm looks at a getter
  // that calls, its frames are gone.
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
    const verdict = isSuccess
      ? undefined
      : core.judge(call, outcome.end, { __proto__: null, ...outcome }, Math.random(), Date.now());
    if (onAttempt) {
      const event = { endpoint: plan.path, attempt, durationMs: Date.now() - started };
      report(onAttempt, event, outcome, verdict, redact);
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
