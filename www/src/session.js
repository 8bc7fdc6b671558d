import { DurableObject } from "cloudflare:workers";
import { callPlaid } from "./plaid.js";
import { seal, unseal } from "./sealing.js";

/** A session ends this long after its last link, and its items are removed at Plaid. */
export const SESSION_DAYS = 30;

/**
 * One visitor's session: the items they linked, each with its sealed access token, the accounts seen under
 * them, and the transfers made. It is the only place that can open an access token.
 */
export class Session extends DurableObject {
  constructor(ctx, env) {
    super(ctx, env);
    this.sql = ctx.storage.sql;
    this.#createTables();
  }

  #createTables() {
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
  }

  async addItem(itemId, accessToken) {
    const sealed = await seal(this.env, accessToken, this.#label(itemId));
    this.sql.exec("INSERT OR REPLACE INTO item VALUES (?, ?, ?)", itemId, sealed, new Date().toISOString());
    await this.ctx.storage.setAlarm(Date.now() + SESSION_DAYS * 24 * 3600 * 1000);
  }

  /** @returns {Promise<string | undefined>} nothing where the item is not this session's */
  async accessToken(itemId) {
    const [row] = this.sql.exec("SELECT sealed_token FROM item WHERE item_id = ?", itemId);
    return row && unseal(this.env, row.sealed_token, this.#label(itemId));
  }

  addAccounts(itemId, accountIds) {
    for (const id of accountIds) this.sql.exec("INSERT OR REPLACE INTO account VALUES (?, ?)", id, itemId);
  }

  addTransfer({ id, account_id, type, amount, iso_currency_code, created }) {
    this.sql.exec(
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
    return this.sql.exec("SELECT 1 FROM transfer WHERE id = ?", id).toArray().length === 1;
  }

  /** What the page may know. */
  contents() {
    return {
      items: this.sql.exec("SELECT item_id, linked_at FROM item ORDER BY linked_at").toArray(),
      accountIds: this.sql
        .exec("SELECT account_id FROM account")
        .toArray()
        .map((row) => row.account_id),
      transfers: this.sql.exec("SELECT * FROM transfer ORDER BY created DESC").toArray(),
    };
  }

  /** Removes every item at Plaid, so that its access token is worth nothing, and then everything here. */
  async end() {
    for (const { item_id } of this.sql.exec("SELECT item_id FROM item").toArray()) {
      const access_token = await this.accessToken(item_id);
      const { error } = await callPlaid(this.env, (plaid) =>
        plaid.request("/item/remove", { access_token }, { maxRetries: 2 }),
      );
      // Removing twice is no mistake: an earlier answer may have been lost.
      if (error && !GONE.includes(error.errorCode)) return { error };
      this.sql.exec("DELETE FROM item WHERE item_id = ?", item_id);
    }
    await this.ctx.storage.deleteAlarm();
    await this.ctx.storage.deleteAll();
    this.#createTables(); // For a request that comes late.
    return {};
  }

  async alarm() {
    const { error } = await this.end();
    if (error) throw new Error(`An abandoned item could not be removed: ${error.message}`);
  }

  #label(itemId) {
    return `${this.ctx.id}/${itemId}`;
  }
}

const GONE = ["ITEM_NOT_FOUND", "INVALID_ACCESS_TOKEN"];
