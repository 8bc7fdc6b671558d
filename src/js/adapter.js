// The class PlaidAdapter. What its methods check and send, Rust says: see src/adapter.rs.

import { perform, planOf } from "./call.js";
import { core, result } from "./core.js";
import { fetchEnv } from "./env.js";
import { errorOf } from "./errors.js";
import { events } from "./events.js";
import { syncTransactions } from "./transactions.js";
import { newRecord } from "./values.js";
import { verify } from "./webhook.js";

export class PlaidAdapter {
  // The settings, the plans that can be used again, and what Link shows. Private, so that a copy of an adapter has no power.
  #state;

  constructor(env, options) {
    this.#state = { settings: result(core.configure(env, { options })), plans: newRecord() };
  }

  static async fromEnv(env, options) {
    // Of a class that extends this one, the adapter is one of that class.
    const Adapter = typeof this === "function" ? this : PlaidAdapter;
    return new Adapter(await fetchEnv(env, core.envKeys().split(",")), options);
  }

  initializePlaid(settings) {
    const state = PlaidAdapter.#stateOf(this, "initializePlaid");
    state.link = result(core.linkSettings(newRecord(), { settings }));
  }

  createLinkToken(clientUserId, options) {
    return PlaidAdapter.#run(this, "createLinkToken", [clientUserId, options]);
  }

  exchangePublicToken(publicToken, options) {
    return PlaidAdapter.#run(this, "exchangePublicToken", [publicToken, options]);
  }

  authRequest(accessToken, options) {
    return PlaidAdapter.#run(this, "authRequest", [accessToken, options]);
  }

  identityRequest(accessToken, options) {
    return PlaidAdapter.#run(this, "identityRequest", [accessToken, options]);
  }

  syncBankTransferEvent(afterId, options) {
    return PlaidAdapter.#run(this, "syncBankTransferEvent", [afterId, options]);
  }

  syncTransferEvent(afterId, options) {
    return PlaidAdapter.#run(this, "syncTransferEvent", [afterId, options]);
  }

  bankTransferEvents(options) {
    return PlaidAdapter.#events(this, "syncBankTransferEvent", options);
  }

  transferEvents(options) {
    return PlaidAdapter.#events(this, "syncTransferEvent", options);
  }

  async syncTransactions(accessToken, options) {
    return syncTransactions(PlaidAdapter.#stateOf(this, "syncTransactions"), accessToken, options);
  }

  request(path, body, options) {
    return PlaidAdapter.#run(this, "request", [path, body, options]);
  }

  download(path, body, options) {
    return PlaidAdapter.#run(this, "download", [path, body, options], (response) => response.blob());
  }

  async verifyWebhook(webhook, options) {
    return verify(PlaidAdapter.#stateOf(this, "verifyWebhook"), webhook, options);
  }

  free() {
    if (#state in Object(this)) this.#state = undefined;
  }

  /** What an adapter was given. Throws for what is no adapter, or was freed. */
  static #stateOf(adapter, method) {
    let holder = Object(adapter);
    // What inherits from an adapter is the adapter under another name.
    while (holder && !(#state in holder)) holder = Object.getPrototypeOf(holder);
    if (!holder?.#state) throw errorOf(core.failed(method, holder ? "freed" : "detached", 0));
    return holder.#state;
  }

  /** Runs a method's call. Arguments and settings are those of this moment. */
  static async #run(adapter, method, given, read) {
    const state = PlaidAdapter.#stateOf(adapter, method);
    return perform(state.settings, planOf(state, method, given), read);
  }

  /** Every event of a feed. The iterator goes on when the adapter is freed. */
  static #events(adapter, method, options) {
    const state = #state in Object(adapter) ? adapter.#state : undefined;
    return events(() => state ?? PlaidAdapter.#stateOf(adapter, method), method, options);
  }
}
if (Symbol.dispose) PlaidAdapter.prototype[Symbol.dispose] = PlaidAdapter.prototype.free;
