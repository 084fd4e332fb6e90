/**
 * Titles that were requested and are not saved yet, in the room's SQLite: so the title and what it cost reach
 * Postgres even after a long outage or a crash of the room.
 */
import { describeFailure } from "../../../db/errors.ts";
import type { Deps } from "../../../deps.ts";
import { toIso } from "../../../lib/clock.ts";
import { logError } from "../../../lib/log.ts";
import { estimatedAttempt } from "../../titles/suggest.ts";
import type { NewUsage } from "../../usage/queries.ts";
import { clampUsage } from "../store/answer.ts";
import { saveLateTitle } from "../store/finish-turn.ts";
import type { LateTitle, NewTurn } from "../store/turn.ts";
import { isHopeless, saveWithin } from "./save.ts";
import type { RoomStorage } from "./storage.ts";

type LateTitlesDeps = Pick<Deps, "db" | "model" | "config" | "clock" | "newId">;

export class LateTitles {
  readonly #storage: RoomStorage;
  readonly #deps: LateTitlesDeps;
  /** Answers whose titles this instance of the room is waiting for, or saving. */
  readonly #inProgress = new Set<string>();
  /** True once a query has found none, until one is stored: every turn asks several times. */
  #isKnownEmpty = false;

  constructor(storage: RoomStorage, deps: LateTitlesDeps) {
    this.#storage = storage;
    this.#deps = deps;
  }

  get isEmpty(): boolean {
    if (this.#isKnownEmpty || !this.#storage.exists) return true;
    this.#isKnownEmpty = this.#storage.sql.exec("SELECT 1 FROM late_titles").next().done === true;
    return this.#isKnownEmpty;
  }

  /** Stores the estimated cost of a title before a provider is called: a crash must not lose it. */
  expect({ userId, chatId, answerId }: NewTurn, text: string): void {
    const { newId, clock } = this.#deps;
    const estimate = estimatedAttempt(this.#deps, text);
    if (!estimate) return;
    const { model, usage, estimated } = estimate;
    const at = toIso(new Date(clock()));
    const key = { id: newId(), userId, chatId, messageId: answerId, kind: "title" as const };
    const row: NewUsage = { ...key, attempt: 1, model, ...usage, estimated, at };
    this.#inProgress.add(answerId);
    this.#insert(answerId, { userId, chatId, at, usage: [row] });
  }

  /**
   * Saves the title, for as long as a subscriber may wait, and leaves it to `retry` after that. Resolves to
   * the chat's title; undefined where it is not saved.
   */
  async save(answerId: string, title: LateTitle): Promise<string | undefined> {
    const { config, clock } = this.#deps;
    const saved = await saveWithin(
      { retryMs: config.TURN_LIMITS.watchdog_ms },
      clock,
      async () => ({ title: await this.#saveOrReduce(title) }),
      () => this.#update(answerId, title),
    );
    this.#inProgress.delete(answerId);
    if (saved === "delayed") return undefined;
    this.remove(answerId);
    return saved.title;
  }

  /** Deletes a title that is in Postgres, or stored with the end of its turn. */
  remove(answerId: string): void {
    this.#inProgress.delete(answerId);
    if (!this.#storage.exists) return;
    this.#storage.sql.exec("DELETE FROM late_titles WHERE answer_id = ?", answerId);
  }

  /** Saves the titles that are not in progress. Tries all of them, then throws the first failure. */
  async retry(): Promise<void> {
    const waiting = this.#list().filter(({ answerId }) => !this.#inProgress.has(answerId));
    const results = await Promise.allSettled(
      waiting.map(async ({ answerId, title }) => {
        await this.#saveOrReduce(title);
        this.remove(answerId);
      }),
    );
    const failure = results.find((result) => result.status === "rejected");
    if (failure) throw failure.reason;
  }

  /**
   * Saves the title, or only its cost where Postgres refuses the title. Resolves to the chat's title;
   * undefined where Postgres refuses both for good. Throws transient errors.
   */
  async #saveOrReduce(title: LateTitle): Promise<string | undefined> {
    const { db, clock } = this.#deps;
    const { title: _title, placeholder: _placeholder, ...cost } = title;
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

  #insert(answerId: string, title: LateTitle): void {
    this.#storage.create();
    this.#isKnownEmpty = false;
    const statement = "INSERT OR REPLACE INTO late_titles (answer_id, title) VALUES (?, ?)";
    this.#storage.sql.exec(statement, answerId, JSON.stringify(title));
  }

  #update(answerId: string, title: LateTitle): void {
    if (!this.#storage.exists) return;
    const statement = "UPDATE late_titles SET title = ? WHERE answer_id = ?";
    this.#storage.sql.exec(statement, JSON.stringify(title), answerId);
  }

  #list(): { answerId: string; title: LateTitle }[] {
    if (!this.#storage.exists) return [];
    const query = "SELECT answer_id, title FROM late_titles";
    const rows = this.#storage.sql.exec<{ answer_id: string; title: string }>(query).toArray();
    return rows.map((row) => ({ answerId: row.answer_id, title: JSON.parse(row.title) }));
  }
}
