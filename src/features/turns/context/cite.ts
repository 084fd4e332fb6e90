/** The citations of an answer: those of its quotations that are in the documents. */
import type { Db } from "../../../db/client.ts";
import { within } from "../../../lib/clock.ts";
import { offsetsIn } from "../../../lib/code-points.ts";
import { logError, nameOf } from "../../../lib/log.ts";
import { findQuotations } from "../../citations/find-quotes.ts";
import { type QuotationClaim, type Verified, verifyClaims } from "../../citations/verify.ts";
import type { Gathered } from "./gather.ts";
import type { NumberedPassage } from "../../citations/excerpt.ts";

/** Timeout for a stopped answer, whose stop responds within two seconds. */
const STOPPED_TIMEOUT_MS = 500;

type EndedAnswer = { content: string; status: "complete" | "stopped" | "failed" };

/**
 * Verifies the quotations of an answer. Those that Postgres cannot look up within the timeout are returned as
 * not verified. Never rejects.
 */
export async function citeAnswer(
  db: Db,
  userId: string,
  { content, status }: EndedAnswer,
  { passages, sources }: Gathered,
  timeoutMs: number,
): Promise<Verified> {
  const claims = toClaims(content, passages);
  const available = sources.filter(({ parts }) => parts !== undefined);
  try {
    const verifying = verifyClaims(db, userId, claims, sources);
    const ms = status === "stopped" ? Math.min(STOPPED_TIMEOUT_MS, timeoutMs) : timeoutMs;
    const verified = await within(ms, verifying);
    return verified ?? (await verifyClaims(db, userId, claims, available));
  } catch (error) {
    logError("citations_not_checked", { cause: nameOf(error) });
    return verifyClaims(db, userId, claims, available);
  }
}

/** Each quotation of an answer once, with the passages that its numbers name. */
function toClaims(content: string, passages: readonly NumberedPassage[]): QuotationClaim[] {
  const numbered = new Map(passages.map((passage) => [passage.number, passage]));
  const seen = new Set<string>();
  const offsetOf = offsetsIn(content);
  return findQuotations(content).flatMap(({ text, points, start, end }) => {
    const named = points.flatMap((point) => numbered.get(point) ?? []);
    const index = named[0]?.number ?? points[0] ?? 0;
    const key = JSON.stringify([index, text]);
    if (seen.has(key)) return [];
    seen.add(key);
    const inAnswer = { start: offsetOf(start), end: offsetOf(end) };
    return [{ index, text, inAnswer, ranges: named }];
  });
}
