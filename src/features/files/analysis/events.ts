/** An analysis as server-sent events: progress, then the result. */
import type { Deps } from "../../../deps.ts";
import { encodeUnnumbered, HEARTBEAT, OPENING } from "../../../http/event-stream.ts";
import { Problem, type ProblemCode } from "../../../lib/problem.ts";
import { jsonBytes, LARGEST_JSON_BYTES } from "../../../lib/event-json.ts";
import type { AnalysisRow } from "./queries.ts";
import { type Analysis, toAnalysis } from "./schemas.ts";
import { watchAnalysis } from "./watch.ts";
import { toByteStream } from "../../../lib/byte-stream.ts";

type AnalysisEvent =
  | { type: "analysis_progress"; analysis_id: string; part: number; parts: number }
  | { type: "analysis_complete"; analysis_id: string; analysis: Analysis | null }
  | { type: "error"; error: string; code: ProblemCode }
  | { type: "stream_complete" };

type EventDeps = Pick<Deps, "db" | "clock" | "config">;

/**
 * The bytes of the stream, produced as the client reads them. Disconnecting does not stop the analysis.
 */
export function streamAnalysis(
  deps: EventDeps,
  ownerId: string,
  row: AnalysisRow,
): ReadableStream<Uint8Array> {
  return toByteStream(write(deps, ownerId, row));
}

async function* write(
  deps: EventDeps,
  ownerId: string,
  row: AnalysisRow,
): AsyncGenerator<Uint8Array> {
  yield OPENING;
  try {
    yield* follow(deps, ownerId, row);
  } catch (error) {
    const problem = error instanceof Problem ? error : new Problem("database_unavailable");
    yield encode({ type: "error", error: problem.detail, code: problem.code });
  }
  yield encode({ type: "stream_complete" });
}

function encode(event: AnalysisEvent): Uint8Array {
  return encodeUnnumbered(event);
}

async function* follow(
  deps: EventDeps,
  ownerId: string,
  first: AnalysisRow,
): AsyncGenerator<Uint8Array> {
  const { total_ms: timeoutMs, heartbeat_ms: heartbeatMs } = deps.config.TURN_LIMITS;
  let [sent, sentAt] = [-1, deps.clock()];
  let last = first;
  for await (const row of watchAnalysis(deps, ownerId, first, timeoutMs)) {
    last = row;
    const isProgress = row.parts_done > sent;
    if (!isProgress && deps.clock() - sentAt < heartbeatMs) continue;
    yield isProgress ? encode(progressOf(row)) : HEARTBEAT;
    [sent, sentAt] = [row.parts_done, deps.clock()];
  }
  yield encode(endOf(last));
}

function progressOf({ id, parts_done: part, parts_total: parts }: AnalysisRow): AnalysisEvent {
  return { type: "analysis_progress", analysis_id: id, part, parts };
}

/** An analysis that is too long for one event is null; the same call as JSON returns it. */
function endOf(row: AnalysisRow): AnalysisEvent {
  const analysis = toAnalysis(row);
  const event = { type: "analysis_complete" as const, analysis_id: row.id, analysis };
  const fits = jsonBytes(event) <= LARGEST_JSON_BYTES;
  return fits ? event : { ...event, analysis: null };
}
