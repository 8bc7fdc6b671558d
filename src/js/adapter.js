// The class PlaidAdapter. What its methods check and send, Rust says: see src/adapter.rs.

import { perform } from "./call.js";
import { core, result } from "./core.js";
import { fetchEnv } from "./env.js";
import { events } from "./events.js";
import { syncTransactions } from "./transactions.js";
import { verify } from "./webhook.js";

export class PlaidAdapter {
  // The settings, and what Link shows. Private, so that a copy of an adapter has no power.
  #state;

  constructor(env, options) {
    this.#state = { settings: result(core.configure(env, options)) };
  }

  static async fromEnv(env, options) {
    // Of a class that extends this one, the adapter is one of that class.
    const Adapter = typeof this === "function" ? this : PlaidAdapter;
    return new Adapter(await fetchEnv(env, core.envKeys()), options);
  }

  initializePlaid(settings) {
    const state = PlaidAdapter.#stateOf(this, "initializePlaid");
    state.link = result(core.linkSettings(settings));
  }

  createLinkToken(clientUserId, options) {
    return PlaidAdapter.#run(this, "createLinkToken", ({ settings, link }) =>
      core.createLinkToken(settings.retries, link, clientUserId, options),
    );
  }

  exchangePublicToken(publicToken, options) {
    return PlaidAdapter.#run(this, "exchangePublicToken", ({ settings }) =>
      core.exchangePublicToken(settings.retries, publicToken, options),
    );
  }

  authRequest(accessToken, options) {
    return PlaidAdapter.#run(this, "authRequest", ({ settings }) =>
      core.authRequest(settings.retries, accessToken, options),
    );
  }

  identityRequest(accessToken, options) {
    return PlaidAdapter.#run(this, "identityRequest", ({ settings }) =>
      core.identityRequest(settings.retries, accessToken, options),
    );
  }

  syncBankTransferEvent(afterId, options) {
    return PlaidAdapter.#run(this, "syncBankTransferEvent", ({ settings }) =>
      core.syncBankTransferEvent(settings.retries, afterId, options),
    );
  }

  syncTransferEvent(afterId, options) {
    return PlaidAdapter.#run(this, "syncTransferEvent", ({ settings }) =>
      core.syncTransferEvent(settings.retries, afterId, options),
    );
  }

  bankTransferEvents(options) {
    return PlaidAdapter.#events(this, "syncBankTransferEvent", options);
  }

  transferEvents(options) {
    return PlaidAdapter.#events(this, "syncTransferEvent", options);
  }

  async syncTransactions(accessToken, options) {
    const { settings } = PlaidAdapter.#stateOf(this, "syncTransactions");
    return syncTransactions(settings, accessToken, options);
  }

  request(path, body, options) {
    return PlaidAdapter.#run(this, "request", ({ settings }) =>
      core.request(settings.retries, path, body, options),
    );
  }

  download(path, body, options) {
    const read = (response) => response.blob();
    const plan = ({ settings }) => core.download(settings.retries, path, body, options);
    return PlaidAdapter.#run(this, "download", plan, read);
  }

  async verifyWebhook(webhook, options) {
    const { settings } = PlaidAdapter.#stateOf(this, "verifyWebhook");
    return verify(settings, webhook, result(core.verifyWebhook(settings.retries, webhook, options)));
  }

  free() {
    if (#state in Object(this)) this.#state = undefined;
  }

  /** What an adapter was given. Throws for what is no adapter, or was freed. */
  static #stateOf(adapter, method) {
    let holder = Object(adapter);
    // What inherits from an adapter is the adapter under another name.
    while (holder && !(#state in holder)) holder = Object.getPrototypeOf(holder);
    if (!holder?.#state) throw core.detached(method, holder !== null);
    return holder.#state;
  }

  /** Runs the call that `plan` gives. Arguments and settings are those of this moment. */
  static async #run(adapter, method, plan, read) {
    const state = PlaidAdapter.#stateOf(adapter, method);
    return perform(state.settings, result(plan(state)), read);
  }

  /** Every event of a feed. The iterator goes on when the adapter is freed. */
  static #events(adapter, method, options) {
    let state;
    const page = async (afterId, pageOptions) => {
      const { settings } = (state ??= PlaidAdapter.#stateOf(adapter, method));
      const plan = result(core[method](settings.retries, afterId, pageOptions));
      return { response: await perform(settings, plan), settings };
    };
    if (#state in Object(adapter)) state = adapter.#state;
    return events(page, method === "syncTransferEvent", options);
  }
}
if (Symbol.dispose) PlaidAdapter.prototype[Symbol.dispose] = PlaidAdapter.prototype.free;
