/** Runs paid work once per `Idempotency-Key`, even for concurrent requests. */
import { sql } from "drizzle-orm";
import { claimKey, type ClaimState, failClaim, releaseClaim } from "../../db/claimed-keys.ts";
import type { Claim, IdempotencyKey } from "../../db/idempotency-keys.ts";
import type { Deps } from "../../deps.ts";
import { delay, toIso } from "../../lib/clock.ts";
import { logError, nameOf } from "../../lib/log.ts";
import { catalogue, Problem, type ProblemCode } from "../../lib/problem.ts";

type ClaimDeps = Pick<Deps, "db" | "clock">;
type Chat = { ownerId: string; chatId: string };

const POLL_MS = 250;

/** Longer than the model call and saving take. */
const LONGEST_WAIT_MS = 60_000;

/**
 * Runs the work under a claim of the key, or waits for the request that does; "done" if that one has
 * finished it. Throws what the work throws, the problem that the other request ended with, `not_found` or
 * `idempotency_key_reused`.
 */
export async function workUnderKey<T>(
  deps: ClaimDeps,
  chat: Chat,
  key: IdempotencyKey,
  work: (claim: Claim) => Promise<T>,
): Promise<T | "done"> {
  const claim = () => claimOf(deps, chat, key);
  if ((await claimOrWait(deps, claim)) === "done") return "done";
  try {
    return await work(claim());
  } catch (error) {
    await giveUp(deps, claim(), error);
    throw error;
  }
}

function claimOf({ clock }: ClaimDeps, { ownerId, chatId }: Chat, key: IdempotencyKey): Claim {
  const isMade = sql`EXISTS (SELECT FROM chats WHERE id = ${chatId} AND user_id = ${ownerId})`;
  return { ...key, ownerId, made: { chatId }, isMade, at: toIso(new Date(clock())) };
}

/** A request that waited for another one shares its failure; a later one retries. */
async function claimOrWait({ db, clock }: ClaimDeps, claim: () => Claim): Promise<"ours" | "done"> {
  const waitsUntil = clock() + LONGEST_WAIT_MS;
  let found: ClaimState = await claimKey(db, claim(), { afterFailure: true });
  while (found.state === "pending") {
    if (clock() > waitsUntil) throw new Problem("ai_timeout");
    await delay(POLL_MS);
    found = await claimKey(db, claim(), { afterFailure: false });
  }
  if (found.state === "failed") throw new Problem(toProblemCode(found.code));
  return found.state;
}

/** Another version of the Worker may have stored an unknown code. */
function toProblemCode(code: string): ProblemCode {
  return code in catalogue ? (code as ProblemCode) : "ai_unavailable";
}

/**
 * Stores a server-side failure under the key; frees the key otherwise. If this fails too, the claim
 * expires.
 */
async function giveUp({ db }: ClaimDeps, claim: Claim, error: unknown): Promise<void> {
  try {
    const isOutcome = error instanceof Problem && error.status >= 500;
    await (isOutcome ? failClaim(db, claim, error.code) : releaseClaim(db, claim));
  } catch (cause) {
    logError("claim_not_released", { cause: nameOf(cause) });
  }
}
