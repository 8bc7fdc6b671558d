import { DurableObject } from "cloudflare:workers";
import { callPlaid } from "./plaid.js";
import { seal, unseal } from "./sealing.js";

/** A session ends this long after its last link, and its items are removed at Plaid. */
export const SESSION_DAYS = 30;

const DAY = 24 * 3600 * 1000;

/**
 * One visitor's session: the items they linked, each with its sealed access token, the accounts seen under
 * them, and the transfers made. It is the only place that can open an access token.
 *
 * Nothing is stored before the first item is linked, so a visitor who only looks around leaves nothing behind;
 * and from then on an alarm is always set, so every session ends.
 */
export class Session extends DurableObject {
  constructor(ctx, env) {
    super(ctx, env);
    this.sql = ctx.storage.sql;
  }

  async addItem(itemId, accessToken) {
    const sealed = await seal(this.env, accessToken, this.#label(itemId));
    this.sql.exec(`
      CREATE TABLE IF NOT EXISTS item (
        item_id TEXT PRIMARY KEY, sealed_token TEXT NOT NULL, linked_at TEXT NOT NULL
      );
      CREATE TABLE IF NOT EXISTS account (account_id TEXT PRIMARY KEY, item_id TEXT NOT NULL);
      CREATE TABLE IF NOT EXISTS transfer (
        id TEXT PRIMARY KEY, account_id TEXT NOT NULL, type TEXT NOT NULL, amount TEXT NOT NULL,
        currency TEXT NOT NULL, created TEXT NOT NULL
      );
    `);
    this.sql.exec("INSERT OR REPLACE INTO item VALUES (?, ?, ?)", itemId, sealed, new Date().toISOString());
    await this.ctx.storage.setAlarm(Date.now() + SESSION_DAYS * DAY);
  }

  /** @returns {Promise<string | undefined>} undefined if the item is not this session's */
  async accessToken(itemId) {
    const [row] = this.#rows("SELECT sealed_token FROM item WHERE item_id = ?", itemId);
    return row && unseal(this.env, row.sealed_token, this.#label(itemId));
  }

  addAccounts(itemId, accountIds) {
    for (const id of accountIds) this.#rows("INSERT OR REPLACE INTO account VALUES (?, ?)", id, itemId);
  }

  addTransfer({ id, account_id, type, amount, iso_currency_code, created }) {
    this.#rows(
      "INSERT OR IGNORE INTO transfer VALUES (?, ?, ?, ?, ?, ?)",
      id,
      account_id,
      type,
      amount,
      iso_currency_code,
      created,
    );
  }

  hasTransfer(id) {
    return this.#rows("SELECT 1 FROM transfer WHERE id = ?", id).length === 1;
  }

  /** What the page may know. `endsAt` is in milliseconds since 1970, null while there is nothing to end. */
  async contents() {
    return {
      items: this.#rows("SELECT item_id, linked_at FROM item ORDER BY linked_at"),
      accountIds: this.#rows("SELECT account_id FROM account").map((row) => row.account_id),
      transfers: this.#rows("SELECT * FROM transfer ORDER BY created DESC"),
      endsAt: await this.ctx.storage.getAlarm(),
    };
  }

  /** Removes every item at Plaid, which makes its access token worthless, and then everything here. */
  async end() {
    // Read again each time: an item may be linked while another is being removed.
    for (let item; ([item] = this.#rows("SELECT item_id FROM item LIMIT 1")), item;) {
      const access_token = await this.accessToken(item.item_id);
      const { error } = await callPlaid(this.env, (plaid) =>
        plaid.request("/item/remove", { access_token }, { maxRetries: 2 }),
      );
      // Removing an item twice is fine: an earlier response may have been lost.
      if (error && !GONE.includes(error.errorCode)) return { error };
      this.sql.exec("DELETE FROM item WHERE item_id = ?", item.item_id);
    }
    await this.ctx.storage.deleteAlarm();
    await this.ctx.storage.deleteAll();
    return {};
  }

  alarm() {
    return this.expire();
  }

  /** An alarm that throws is retried six times and then forgotten. This one is set again until the items are gone. */
  async expire() {
    const { error } = await this.end();
    if (!error) return;
    console.error(`An expired session's item could not be removed: ${error.message}`);
    await this.ctx.storage.setAlarm(Date.now() + DAY);
  }

  /** Runs a query, unless nothing is stored, which is also so once the session has ended. */
  #rows(query, ...values) {
    const stored = this.sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'item'").toArray().length === 1;
    return stored ? this.sql.exec(query, ...values).toArray() : [];
  }

  #label(itemId) {
    return `${this.ctx.id}/${itemId}`;
  }
}

const GONE = ["ITEM_NOT_FOUND", "INVALID_ACCESS_TOKEN"];
