import { DurableObject } from "cloudflare:workers";
import { callPlaid } from "./plaid.js";

/** Of the verified webhooks, and of the rejected ones. */
const WEBHOOKS_KEPT = 50;

/** Plaid's bank-transfer events and webhooks concern the client as a whole, so there is one log. */
export function eventLog(env) {
  return env.EVENT_LOG.getByName("plaid");
}

/** The bank-transfer events read so far with their cursor, the state each transfer is in, and the webhooks received. */
export class EventLog extends DurableObject {
  #nextChange = Promise.withResolvers();

  constructor(ctx, env) {
    super(ctx, env);
    this.sql = ctx.storage.sql;
    this.sql.exec(`
      CREATE TABLE IF NOT EXISTS event (
        event_id INTEGER PRIMARY KEY, account_id TEXT NOT NULL, bank_transfer_id TEXT NOT NULL,
        event_type TEXT NOT NULL, amount TEXT NOT NULL, currency TEXT NOT NULL, timestamp TEXT NOT NULL,
        failure TEXT, found_by TEXT NOT NULL
      );
      CREATE TABLE IF NOT EXISTS transfer (bank_transfer_id TEXT PRIMARY KEY, status TEXT NOT NULL);
      CREATE TABLE IF NOT EXISTS cursor (only INTEGER PRIMARY KEY CHECK (only = 1), event_id INTEGER NOT NULL);
      INSERT OR IGNORE INTO cursor VALUES (1, 0);
      CREATE TABLE IF NOT EXISTS received_webhook (
        seq INTEGER PRIMARY KEY AUTOINCREMENT, received_at TEXT NOT NULL, rejected TEXT, item_id TEXT, payload TEXT
      );
    `);
  }

  /**
   * Reads every event after the cursor and handles each once, whoever asks and however often: the cursor moves
   * in the same transaction as the event's effect, so after a failure the next sync continues from there.
   * @param {"webhook" | "schedule" | "page"} foundBy
   */
  async sync(foundBy) {
    let added = 0;
    const { error, call } = await callPlaid(this.env, async (plaid) => {
      for await (const event of plaid.bankTransferEvents({ afterId: this.cursor() })) {
        if (this.#handle(event, foundBy)) added += 1;
      }
    });
    return { added, cursor: this.cursor(), error, call };
  }

  /** @returns {boolean} whether the event was new */
  #handle(event, foundBy) {
    const isNew = this.ctx.storage.transactionSync(() => {
      if (event.event_id <= this.cursor()) return false;
      this.sql.exec(
        "INSERT INTO event VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        event.event_id,
        event.account_id,
        event.bank_transfer_id,
        event.event_type,
        event.bank_transfer_amount,
        event.bank_transfer_iso_currency_code,
        event.timestamp,
        event.failure_reason ? JSON.stringify(event.failure_reason) : null,
        foundBy,
      );
      this.sql.exec(
        "INSERT OR REPLACE INTO transfer VALUES (?, ?)",
        event.bank_transfer_id,
        event.event_type,
      );
      this.sql.exec("UPDATE cursor SET event_id = ?", event.event_id);
      return true;
    });
    if (isNew) this.#wake();
    return isNew;
  }

  cursor() {
    return this.sql.exec("SELECT event_id FROM cursor").one().event_id;
  }

  /** A verified webhook. Some carry public tokens, which have no place in a log. */
  accept(webhook) {
    const payload = JSON.stringify(webhook, (key, value) => (key.endsWith("token") ? undefined : value));
    this.#log(null, webhook.item_id ?? null, payload);
  }

  /** A webhook that failed verification. Nothing in it can be believed, so only the reason is kept. */
  reject(reason) {
    this.#log(reason, null, null);
  }

  #log(rejected, itemId, payload) {
    this.sql.exec(
      "INSERT INTO received_webhook VALUES (NULL, ?, ?, ?, ?)",
      new Date().toISOString(),
      rejected,
      itemId,
      payload,
    );
    // Each kind by itself, so that junk can't push out what is genuine.
    this.sql.exec(
      `DELETE FROM received_webhook WHERE seq IN (
         SELECT seq FROM received_webhook WHERE (rejected IS NULL) = ? ORDER BY seq DESC LIMIT -1 OFFSET ?
       )`,
      rejected === null ? 1 : 0,
      WEBHOOKS_KEPT,
    );
    this.#wake();
  }

  /**
   * What concerns these items and accounts, newest first; and since then, what concerns no item in particular.
   * `version` changes when any of it does, `revision` when anything in the log does.
   */
  activity({ itemIds, accountIds, since }) {
    const [items, accounts] = [itemIds, accountIds].map((ids) => JSON.stringify(ids));
    const events = this.sql
      .exec(
        `SELECT event.*, transfer.status FROM event JOIN transfer USING (bank_transfer_id)
         WHERE account_id IN (SELECT value FROM json_each(?)) ORDER BY event_id DESC LIMIT 100`,
        accounts,
      )
      .toArray();
    const webhooks = this.sql
      .exec(
        `SELECT seq, received_at, rejected, payload FROM received_webhook
         WHERE item_id IN (SELECT value FROM json_each(?)) OR (item_id IS NULL AND received_at >= ?)
         ORDER BY seq DESC`,
        items,
        since,
      )
      .toArray()
      .map((webhook) => ({ ...webhook, payload: JSON.parse(webhook.payload) }));
    return {
      version: `${events[0]?.event_id ?? 0}.${webhooks[0]?.seq ?? 0}`,
      revision: this.#revision(),
      cursor: this.cursor(),
      events,
      webhooks,
    };
  }

  /** Resolves once the log is no longer at `revision`, or after `milliseconds`. */
  async changed(revision, milliseconds) {
    if (this.#revision() !== revision) return;
    await Promise.race([this.#nextChange.promise, scheduler.wait(milliseconds)]);
  }

  /** Both parts only grow. */
  #revision() {
    const { seq } = this.sql.exec("SELECT coalesce(max(seq), 0) AS seq FROM received_webhook").one();
    return this.cursor() + seq;
  }

  #wake() {
    this.#nextChange.resolve();
    this.#nextChange = Promise.withResolvers();
  }
}
