// Failures on demand, delays and aborts.

import assert from "node:assert/strict";
import { test } from "node:test";
import { World } from "./world.js";

const path = "/item/get";

async function answer(world) {
  const response = await world.send(path, {});
  const body = await response.json();
  return [response.status, body.error_type, body.error_code, body.error_message];
}

const plaidAnswers = [400, "INVALID_REQUEST", "MISSING_FIELDS"];

test("a code brings Plaid's status, type and texts", async () => {
  const world = new World();
  world.sandbox.fail(path, { errorCode: "ITEM_LOCKED" });
  const error = await world.call(path, {});
  assert.equal(error.httpStatus, 400);
  assert.equal(error.error_type, "ITEM_ERROR");
  assert.match(error.display_message, /locked by the financial institution/);
  assert.deepEqual((await answer(world)).slice(0, 3), plaidAnswers);
});

test("a status alone brings an error that goes with it", async () => {
  const world = new World();
  const codes = {
    400: "INVALID_FIELD",
    404: "NOT_FOUND",
    429: "RATE_LIMIT",
    500: "INTERNAL_SERVER_ERROR",
    503: "PLANNED_MAINTENANCE",
    504: "INTERNAL_SERVER_ERROR",
  };
  for (const [status, code] of Object.entries(codes)) {
    world.sandbox.fail(path, { status: Number(status) });
    const error = await world.call(path, {});
    assert.deepEqual([error.httpStatus, error.error_code], [Number(status), code]);
  }
});

test("every part of the error can be chosen", async () => {
  const world = new World();
  world.sandbox.fail(path, {
    status: 418,
    errorType: "API_ERROR",
    errorCode: "TEAPOT",
    errorMessage: "short and stout",
  });
  assert.deepEqual(await answer(world), [418, "API_ERROR", "TEAPOT", "short and stout"]);
  // A code that is not Plaid's must not pass for one that is retried.
  world.sandbox.fail(path, { errorCode: "ITEM_LOGN_REQUIRED" });
  assert.deepEqual((await answer(world)).slice(0, 3), [400, "INVALID_REQUEST", "ITEM_LOGN_REQUIRED"]);
  world.sandbox.fail(path, { errorMessage: "what?" });
  assert.deepEqual(await answer(world), [500, "API_ERROR", "INTERNAL_SERVER_ERROR", "what?"]);
  world.sandbox.fail(path, { status: 503, errorCode: "RATE_LIMIT" });
  assert.deepEqual((await answer(world)).slice(0, 3), [503, "RATE_LIMIT_EXCEEDED", "RATE_LIMIT"]);
});

test("Retry-After is sent, and means a 429 by itself", async () => {
  const world = new World();
  world.sandbox.fail(path, { status: 503, retryAfter: "Wed, 21 Oct 2026 07:28:00 GMT" });
  world.sandbox.fail(path, { retryAfter: "2" });
  const [first, second] = [await world.send(path, {}), await world.send(path, {})];
  assert.deepEqual([first.status, first.headers.get("retry-after")], [503, "Wed, 21 Oct 2026 07:28:00 GMT"]);
  assert.deepEqual([second.status, second.headers.get("retry-after")], [429, "2"]);
});

test("a raw body is sent as it is, also of a path that the sandbox doesn't know", async () => {
  const world = new World();
  world.sandbox.fail(path, { rawBody: "<html>gateway" });
  world.sandbox.fail("/transactions/sync", { rawBody: '{"added":[]}', status: 201 });
  const raw = await world.send(path, {});
  assert.deepEqual([raw.status, await raw.text()], [200, "<html>gateway"]);
  const unknown = await world.send("/transactions/sync", {});
  assert.deepEqual([unknown.status, await unknown.json()], [201, { added: [] }]);
  for (const status of [204, 205, 304]) {
    world.sandbox.fail(path, { status, rawBody: "lost" });
    assert.deepEqual(await (await world.send(path, {})).text(), "");
  }
  world.sandbox.fail(path, { status: 302 });
  assert.equal((await world.send(path, {})).status, 302);
});

test("faults queue up, each for its number of calls, each for its path", async () => {
  const world = new World();
  world.sandbox.fail(path, { status: 500, times: 2 });
  world.sandbox.fail(path, { status: 503 });
  world.sandbox.fail("/auth/get", { status: 429 });
  const statuses = [];
  for (let i = 0; i < 4; i++) statuses.push((await answer(world))[0]);
  assert.deepEqual(statuses, [500, 500, 503, 400]);
  assert.equal((await world.send("/auth/get", {})).status, 429);
});

test("a failing call changes nothing; a delayed one is carried out", async () => {
  const world = new World();
  const public_token = await world.publicToken();
  const exchange = "/item/public_token/exchange";
  world.sandbox.fail(exchange, { networkError: true });
  await assert.rejects(world.send(exchange, { public_token }), {
    name: "TypeError",
    message: "fetch failed",
  });
  world.sandbox.fail(exchange, { delayMs: 2_000_000_000 });
  const caller = new AbortController();
  const late = world.send(exchange, { public_token }, { signal: caller.signal });
  // The request has arrived as soon as it shows among the requests.
  while (world.sandbox.requests().length < 3) await new Promise(setImmediate);
  caller.abort();
  await assert.rejects(late, { name: "AbortError" });
  assert.match(await world.error(exchange, { public_token }), /INVALID_PUBLIC_TOKEN/);
});

test("a short delay ends by itself", async () => {
  const world = new World();
  world.sandbox.fail(path, { delayMs: 1 });
  assert.deepEqual((await answer(world)).slice(0, 3), plaidAnswers);
  world.sandbox.fail(path, { delayMs: 1, status: 500 });
  assert.equal((await answer(world))[0], 500);
  world.sandbox.fail(path, { delayMs: 1, networkError: true });
  await assert.rejects(world.send(path, {}), TypeError);
});

test("an abort ends what hangs, with the signal's own reason", async () => {
  const world = new World();
  for (const reason of ["stop", new Error("mine"), undefined]) {
    world.sandbox.fail(path, { hang: true });
    const caller = new AbortController();
    const call = world.send(path, {}, { signal: caller.signal });
    setImmediate(() => caller.abort(reason));
    await assert.rejects(call, (error) => error === caller.signal.reason);
  }
  world.sandbox.fail(path, { hang: true });
  // Neither a hanging call nor such a signal keeps the process alive.
  const alive = setTimeout(() => {}, 60_000);
  const late = { signal: AbortSignal.timeout(1) };
  await assert.rejects(world.send(path, {}, late), { name: "TimeoutError" });
  clearTimeout(alive);
});

test("an abort ends a body that never ends", async () => {
  const world = new World();
  const caller = new AbortController();
  const body = new ReadableStream({ start: (controller) => controller.enqueue(new Uint8Array(1)) });
  const call = world.send(path, {}, { body, duplex: "half", signal: caller.signal });
  setImmediate(() => caller.abort("enough"));
  await assert.rejects(call, (error) => error === "enough");
  assert.deepEqual(world.sandbox.requests(), []);
});

test("an aborted call is not even received", async () => {
  const world = new World();
  const signal = AbortSignal.abort("early");
  await assert.rejects(world.send(path, {}, { signal }), (error) => error === "early");
  const request = new Request("https://sandbox.plaid.com/item/get", { method: "POST", signal });
  await assert.rejects(world.sandbox.fetch(request), (error) => error === "early");
  assert.deepEqual(world.sandbox.requests(), []);
});

test("the Request's own signal counts, unless init has another", async () => {
  const world = new World();
  world.sandbox.fail(path, { hang: true });
  const caller = new AbortController();
  const request = new Request("https://a.test/item/get", { method: "POST", signal: caller.signal });
  const call = world.sandbox.fetch(request);
  setImmediate(() => caller.abort("own"));
  await assert.rejects(call, (error) => error === "own");
  const aborted = new Request("https://a.test/item/get", { method: "POST", signal: AbortSignal.abort() });
  const response = await world.sandbox.fetch(aborted, { signal: new AbortController().signal });
  assert.equal(response.status, 400);
});

test("an answer can begin and never end", async () => {
  const world = new World();
  world.sandbox.fail(path, { hang: true, status: 200, rawBody: '{"item":' });
  const caller = new AbortController();
  const response = await world.send(path, {}, { signal: caller.signal });
  assert.equal(response.status, 200);
  const reader = response.body.getReader();
  assert.equal(new TextDecoder().decode((await reader.read()).value), '{"item":');
  const rest = reader.read();
  caller.abort("enough");
  await assert.rejects(rest, (error) => error === "enough");
});

test("many aborts leave no listeners behind", async () => {
  const world = new World();
  const caller = new AbortController();
  let listeners = 0;
  const { addEventListener, removeEventListener } = EventTarget.prototype;
  const counted = Object.assign(caller.signal, {
    addEventListener(...args) {
      listeners++;
      return addEventListener.apply(this, args);
    },
    removeEventListener(...args) {
      listeners--;
      return removeEventListener.apply(this, args);
    },
  });
  world.sandbox.fail(path, { delayMs: 1, times: 5 });
  for (let i = 0; i < 5; i++) {
    const request = { method: "POST", signal: null };
    await world.sandbox.fetch(
      "https://a.test/item/get",
      Object.create(request, { signal: { value: counted } }),
    );
  }
  assert.ok(listeners <= 5, `${listeners} listeners are left`);
});

test("a reset forgets faults, requests and state", async () => {
  const world = new World();
  const { access_token } = await world.item();
  world.sandbox.fail(path, { status: 500, times: 10 });
  world.sandbox.reset();
  assert.deepEqual(world.sandbox.requests(), []);
  assert.match(await world.error(path, { access_token }), /INVALID_ACCESS_TOKEN/);
});
