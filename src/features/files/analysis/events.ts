/** An analysis as server-sent events: progress, then the result. */
import { z } from "@hono/zod-openapi";
import type { Deps } from "../../../deps.ts";
import { encodeUnnumbered, HEARTBEAT, OPENING } from "../../../http/event-stream.ts";
import { ErrorEvent, StreamCompleteEvent } from "../../../http/event-schemas.ts";
import { ShownId } from "../../../http/fields.ts";
import { onDemand, type Shown } from "../../../http/on-demand.ts";
import { Problem } from "../../../lib/problem.ts";
import { jsonBytes, LARGEST_JSON_BYTES } from "../../../lib/event-json.ts";
import type { AnalysisRow } from "./queries.ts";
import { Analysis, toAnalysis } from "./schemas.ts";
import { watchAnalysis } from "./watch.ts";
import { toByteStream } from "../../../lib/byte-stream.ts";

const AnalysisProgressEvent = onDemand(() =>
  z
    .object({
      type: z.literal("analysis_progress"),
      analysis_id: ShownId,
      part: z.int().openapi({ description: "How many parts are done." }),
      parts: z.int(),
    })
    .openapi("AnalysisProgressEvent"),
);

const AnalysisCompleteEvent = onDemand(() =>
  z
    .object({
      type: z.literal("analysis_complete"),
      analysis_id: ShownId,
      analysis: z.union([Analysis(), z.null()]).openapi({
        description:
          "Null where it would make the event longer than 4 KiB: the same call as JSON returns it.",
      }),
    })
    .openapi("AnalysisCompleteEvent"),
);

export const AnalysisEvent = onDemand(() =>
  z
    .discriminatedUnion("type", [
      AnalysisProgressEvent(),
      AnalysisCompleteEvent(),
      ErrorEvent(),
      StreamCompleteEvent(),
    ])
    .openapi("AnalysisEvent", { description: "The data of one event of an analysis, as JSON." }),
);

type AnalysisEvent = Shown<typeof AnalysisEvent>;

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
