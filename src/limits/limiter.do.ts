/**
 * The Durable Object of one limit of one user or address: it counts exactly, because it decides about one
 * request after the other. Every method decides before its first `await`.
 */
import { DurableObject } from "cloudflare:workers";
import type { Env } from "../env.ts";
import { systemClock } from "../lib/clock.ts";
import {
  type TokenBucket,
  drain,
  fill,
  hasRoom,
  type Level,
  levelOf,
  type Quota,
} from "./bucket.ts";

/**
 * `busy`: refused only because of attempts whose outcome is not known yet. `closed`: nothing is admitted, because
 * the user no longer exists.
 */
export type Decision = { outcome: "admitted" | "busy" | "refused" | "closed"; levels: Level[] };

/** An attempt without an outcome for so long has failed. */
const ATTEMPT_MS = 30_000;

/** A Durable Object stays in memory so long after a request: a shorter limit is never stored. */
const IN_MEMORY_MS = 10_000;

const BUCKETS = "buckets";
const CLOSED_UNTIL = "closed_until";

/** A write that is lost in a crash forgets some requests; waiting for it would delay each of them. */
const WITHOUT_WAITING = { allowUnconfirmed: true };

export class Limiter extends DurableObject<Env> {
  #buckets: TokenBucket[];
  /** When each pending attempt counts as failed, in order. */
  #pending: number[] = [];
  #isAlarmSet = false;
  /** Milliseconds since the epoch. */
  #closedUntil: number;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#buckets = ctx.storage.kv.get<TokenBucket[]>(BUCKETS) ?? [];
    this.#closedUntil = ctx.storage.kv.get<number>(CLOSED_UNTIL) ?? 0;
  }

  /** Admits a request if all quotas have room for it. */
  async take(quotas: Quota[]): Promise<Decision> {
    if (this.#isClosed()) return this.#decide(quotas, "closed");
    const isAdmitted = this.#hasRoom(quotas, 1);
    if (isAdmitted) await this.#count(quotas, 1);
    return this.#decide(quotas, isAdmitted ? "admitted" : "refused");
  }

  /** Admits no request until then (milliseconds since the epoch): the user was erased. Durable once it resolves. */
  async close(quotas: Quota[], until: number): Promise<Decision> {
    this.#closedUntil = until;
    await Promise.all([
      this.ctx.storage.put(CLOSED_UNTIL, until),
      this.ctx.storage.setAlarm(until),
    ]);
    this.#isAlarmSet = true;
    return this.#decide(quotas, "closed");
  }

  /** Gives back what `take` counted. */
  async refund(quotas: Quota[]): Promise<Decision> {
    await this.#count(quotas, -1);
    return this.#decide(quotas, "admitted");
  }

  /** Admits an attempt that only counts if it fails. `settle` follows, or the attempt has failed after 30 s. */
  async reserve(quotas: Quota[]): Promise<Decision> {
    await this.#failAbandoned(quotas);
    const isAdmitted = this.#hasRoom(quotas, this.#pending.length + 1);
    if (isAdmitted) this.#pending.push(systemClock() + ATTEMPT_MS);
    const refusal = this.#hasRoom(quotas, 1) ? "busy" : "refused";
    return this.#decide(quotas, isAdmitted ? "admitted" : refusal);
  }

  /** The outcome of an admitted attempt. */
  async settle(quotas: Quota[], hasFailed: boolean): Promise<Decision> {
    this.#pending.shift();
    if (hasFailed) await this.#count(quotas, 1);
    return this.#decide(quotas, "admitted");
  }

  /** Deletes what is stored once all quotas are available again. */
  override async alarm(): Promise<void> {
    this.#isAlarmSet = false;
    if (this.#isClosed()) {
      this.#isAlarmSet = true;
      return this.ctx.storage.setAlarm(this.#closedUntil);
    }
    const [quotas, buckets] = [this.#stored(), this.#buckets];
    const now = systemClock();
    const isUsed = quotas.some((quota, index) => drain(buckets[index], quota, now).used > 0);
    if (isUsed) return this.#save(quotas);
    this.#buckets = [];
    return this.ctx.storage.deleteAll();
  }

  #isClosed(): boolean {
    return systemClock() < this.#closedUntil;
  }

  #hasRoom(quotas: Quota[], amount: number): boolean {
    const now = systemClock();
    return quotas.every((quota, index) =>
      hasRoom(drain(this.#buckets[index], quota, now), quota, amount),
    );
  }

  #count(quotas: Quota[], amount: number): Promise<void> {
    const now = systemClock();
    this.#buckets = quotas.map((quota, index) =>
      fill(drain(this.#buckets[index], quota, now), amount),
    );
    return this.#save(quotas);
  }

  async #failAbandoned(quotas: Quota[]): Promise<void> {
    const now = systemClock();
    const pending = this.#pending.filter((failsAt) => failsAt > now);
    const failed = this.#pending.length - pending.length;
    this.#pending = pending;
    if (failed > 0) await this.#count(quotas, failed);
  }

  #decide(quotas: Quota[], outcome: Decision["outcome"]): Decision {
    const now = systemClock();
    const levels = quotas.map((quota, index) => {
      const bucket = drain(this.#buckets[index], quota, now);
      return levelOf(fill(bucket, this.#pending.length), quota);
    });
    return { outcome, levels };
  }

  #stored(): Quota[] {
    return this.ctx.storage.kv.get<Quota[]>("quotas") ?? [];
  }

  async #save(quotas: Quota[]): Promise<void> {
    const fullInMs = Math.max(...this.#decide(quotas, "admitted").levels.map((l) => l.fullInMs));
    if (quotas.every(({ seconds }) => seconds * 1_000 <= IN_MEMORY_MS)) return;
    const { storage } = this.ctx;
    const writes = [storage.put({ [BUCKETS]: this.#buckets, quotas }, WITHOUT_WAITING)];
    if (!this.#isAlarmSet) {
      this.#isAlarmSet = true;
      writes.push(storage.setAlarm(systemClock() + fullInMs, WITHOUT_WAITING));
    }
    await Promise.all(writes);
  }
}
