/**
 * Titles that were asked for and are not saved yet, in the room's SQLite: what they cost is recorded
 * and what came of them is kept, also when Postgres is away for long, or the room is lost meanwhile.
 */
import { describeFailure } from "../../../db/errors.ts";
import type { Deps } from "../../../deps.ts";
import { toIso } from "../../../lib/clock.ts";
import type { NewUsage } from "../../usage/queries.ts";
import { estimatedAttempt } from "../../titles/suggest.ts";
import { saveLateTitle } from "../store/finish-turn.ts";
import type { LateTitle, NewTurn } from "../store/turn.ts";
import { logError } from "../../../lib/log.ts";
import { clampUsage } from "../store/reduce.ts";
import { isHopeless, saveWithin } from "./save.ts";

type LateTitlesDeps = Pick<Deps, "db" | "model" | "config" | "clock" | "newId">;

export class LateTitles {
  readonly #sql: SqlStorage;
  readonly #deps: LateTitlesDeps;
  /** Answers whose titles this room itself is waiting for, or saving. */
  readonly #underWay = new Set<string>();
  #exists: boolean;

  constructor(sql: SqlStorage, deps: LateTitlesDeps) {
    this.#sql = sql;
    this.#deps = deps;
    const query = "SELECT 1 FROM sqlite_master WHERE name = 'late_titles'";
    this.#exists = sql.exec(query).toArray().length > 0;
  }

  /** A provider is about to be asked: should the room be lost, that is known. */
  expect({ userId, chatId, answerId }: NewTurn, text: string): void {
    const { newId, clock } = this.#deps;
    const estimate = estimatedAttempt(this.#deps, text);
    if (!estimate) return;
    const { model, usage, estimated } = estimate;
    const at = toIso(new Date(clock()));
    const key = { id: newId(), userId, chatId, messageId: answerId, kind: "title" as const };
    const row: NewUsage = { ...key, attempt: 1, model, ...usage, estimated, at };
    this.#underWay.add(answerId);
    this.#insert(answerId, { userId, chatId, at, usage: [row] });
  }

  /** Saves it for as long as a subscriber may wait; what Postgres does not take then is left to `retry`. */
  async save(answerId: string, title: LateTitle): Promise<string | undefined> {
    const { config, clock } = this.#deps;
    const saved = await saveWithin(
      { retryMs: config.TURN_LIMITS.watchdog_ms },
      clock,
      async () => ({ title: await this.#saveAnyhow(title) }),
      () => this.#keep(answerId, title),
    );
    this.#underWay.delete(answerId);
    if (saved === "delayed") return undefined;
    this.settled(answerId);
    return saved.title;
  }

  /** It is in Postgres, or kept with the answer. */
  settled(answerId: string): void {
    this.#underWay.delete(answerId);
    if (this.#exists) this.#sql.exec("DELETE FROM late_titles WHERE answer_id = ?", answerId);
  }

  /** Saves what nobody is saving. Throws what the first failure threw; the rest is tried all the same. */
  async retry(): Promise<void> {
    const waiting = this.#all().filter(({ answerId }) => !this.#underWay.has(answerId));
    const results = await Promise.allSettled(
      waiting.map(async ({ answerId, title }) => {
        await this.#saveAnyhow(title);
        this.settled(answerId);
      }),
    );
    const failure = results.find((result) => result.status === "rejected");
    if (failure) throw failure.reason;
  }

  /**
   * Saves it, or what it cost without it: the chat's title then. Undefined where Postgres refuses both for
   * good, which ends it too. Throws what may be over when it is tried again.
   */
  async #saveAnyhow(title: LateTitle): Promise<string | undefined> {
    const { db, clock } = this.#deps;
    const { title: _refused, placeholder: _too, ...cost } = title;
    for (const part of [title, { ...cost, usage: cost.usage.map(clampUsage) }]) {
      try {
        return await saveLateTitle(db, part);
      } catch (error) {
        if (!isHopeless(error, Date.parse(title.at), clock())) throw error;
        logError("title_refused", { chat_id: title.chatId, ...describeFailure(error) });
      }
    }
    logError("title_abandoned", { chat_id: title.chatId });
    return undefined;
  }

  get isEmpty(): boolean {
    return !this.#exists || this.#sql.exec("SELECT 1 FROM late_titles").next().done === true;
  }

  /** Everything was deleted from outside. */
  forget(): void {
    this.#exists = false;
  }

  #insert(answerId: string, title: LateTitle): void {
    const table = "late_titles (answer_id TEXT PRIMARY KEY, record TEXT NOT NULL)";
    if (!this.#exists) this.#sql.exec(`CREATE TABLE ${table}`);
    this.#exists = true;
    const statement = "INSERT OR REPLACE INTO late_titles (answer_id, record) VALUES (?, ?)";
    this.#sql.exec(statement, answerId, JSON.stringify(title));
  }

  #keep(answerId: string, title: LateTitle): void {
    if (!this.#exists) return;
    const record = JSON.stringify(title);
    this.#sql.exec("UPDATE late_titles SET record = ? WHERE answer_id = ?", record, answerId);
  }

  #all(): { answerId: string; title: LateTitle }[] {
    if (!this.#exists) return [];
    const rows = this.#sql.exec<{ answer_id: string; record: string }>("SELECT * FROM late_titles");
    return rows
      .toArray()
      .map((row) => ({ answerId: row.answer_id, title: JSON.parse(row.record) }));
  }
}
