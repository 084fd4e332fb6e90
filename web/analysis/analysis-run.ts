/** Asks for the analysis of a document, and reports how far it is. */
import { createParser } from "eventsource-parser";
import { toApiError } from "../../clients/ts/src/problem.ts";
import { api, type Schemas } from "../api/client.ts";
import { send } from "../api/send.ts";

type Analysis = Schemas["Analysis"];
type AnalysisEvent = Schemas["AnalysisEvent"];

export type AnalysisProgress = { part: number; parts: number };

type RunOptions = {
  /** Makes a new analysis, even if one is stored. */
  isNew: boolean;
  onProgress: (progress: AnalysisProgress) => void;
  signal: AbortSignal;
};

/** The analysis, stored or new. Leaving does not stop it. Rejects with a sentence for the person. */
export async function runAnalysis(fileId: string, options: RunOptions): Promise<Analysis> {
  const { signal } = options;
  const response = await start(fileId, options);
  if (!response.ok) throw await toApiError(response);
  for await (const event of eventsOf(response)) {
    if (event.type === "analysis_progress") options.onProgress(event);
    if (event.type === "error") throw new Error(event.error);
    if (event.type === "analysis_complete" && event.analysis) return event.analysis;
  }
  // Too long for an event, or the connection was lost: it is stored, or goes on.
  return api.post("/files/{id}/analysis", { path: { id: fileId }, body: {}, signal });
}

function start(fileId: string, { isNew, signal }: RunOptions): Promise<Response> {
  return send(`/files/${encodeURIComponent(fileId)}/analysis`, {
    method: "POST",
    headers: {
      accept: "text/event-stream",
      "content-type": "application/json",
      "idempotency-key": crypto.randomUUID(),
    },
    body: JSON.stringify({ refresh: isNew }),
    signal,
  });
}

/** Ends with the connection, however that ends. */
async function* eventsOf({ body }: Response): AsyncGenerator<AnalysisEvent> {
  const parsed: AnalysisEvent[] = [];
  const parser = createParser({ onEvent: ({ data }) => parsed.push(JSON.parse(data)) });
  const reader = body?.pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    const piece = await reader?.read().catch(() => undefined);
    if (!piece || piece.done) return;
    parser.feed(piece.value);
    yield* parsed.splice(0);
  }
}
