/** The citations of an answer: its quotations that stand in the documents. */
import type { Db } from "../../../db/client.ts";
import { within } from "../../../lib/clock.ts";
import { logError, nameOf } from "../../../lib/log.ts";
import { findQuotations, type Quotation } from "../../citations/find-quotes.ts";
import { type QuotationClaim, type Verified, verifyClaims } from "../../citations/verify.ts";
import type { Gathered } from "./gather.ts";
import type { NumberedPassage } from "../../citations/excerpt.ts";

/** Whoever stops an answer is told soon how it stands. */
const STOPPED_WAIT_MS = 500;

type Answered = { content: string; status: "complete" | "stopped" | "failed" };

/**
 * Checks the quotations of an answer, for so many milliseconds at most. What cannot be looked up, because
 * Postgres does not answer, or not soon enough, is not verified.
 */
export async function citeAnswer(
  db: Db,
  userId: string,
  { content, status }: Answered,
  { passages, sources }: Gathered,
  timeoutMs: number,
): Promise<Verified> {
  const claims = toClaims(findQuotations(content), passages);
  const known = sources.filter(({ parts }) => parts !== undefined);
  try {
    const checking = verifyClaims(db, userId, claims, sources);
    const ms = status === "stopped" ? Math.min(STOPPED_WAIT_MS, timeoutMs) : timeoutMs;
    const checked = await within(ms, checking);
    return checked ?? (await verifyClaims(db, userId, claims, known));
  } catch (error) {
    logError("citations_not_checked", { cause: nameOf(error) });
    return verifyClaims(db, userId, claims, known);
  }
}

/** Each quotation once, with the passages that it points to; numbers that are none point to nothing. */
function toClaims(
  quotations: readonly Quotation[],
  passages: readonly NumberedPassage[],
): QuotationClaim[] {
  const numbered = new Map(passages.map((passage) => [passage.number, passage]));
  const seen = new Set<string>();
  return quotations.flatMap(({ text, points }) => {
    const places = points.flatMap((point) => numbered.get(point) ?? []);
    const index = places[0]?.number ?? points[0] ?? 0;
    const key = JSON.stringify([index, text]);
    if (seen.has(key)) return [];
    seen.add(key);
    return [{ index, text, ranges: places }];
  });
}
