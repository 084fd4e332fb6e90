/** Route of a document's analysis. */
import type { Context } from "hono";
import { ById } from "../../../http/fields.ts";
import { markReplayed, readKey } from "../../../http/keyed-route.ts";
import { prefersToJson } from "../../../http/negotiate.ts";
import { type App, content, createRouter, optionalJsonBody, route } from "../../../http/router.ts";
import { keyIdOf } from "../../../lib/principal.ts";
import { providerProblems } from "../../../lib/problem.ts";
import { SSE_HEADERS } from "../../../http/event-stream.ts";
import { AnalysisEvent, streamAnalysis } from "./events.ts";
import type { AnalysisRow } from "./queries.ts";
import { Analysis, AnalysisRequest, toAnalysis } from "./schemas.ts";
import { startAnalysis } from "./start.ts";
import { watchAnalysis } from "./watch.ts";

const EVENTS = `If \`Accept\` names server-sent events and not JSON, the response is a stream: \`analysis_progress\` with \
\`part\` of \`parts\` done, then \`analysis_complete\` or \`error\` (its event name is \`turn_error\`), and always \`stream_complete\`. An \`analysis\` \
that would make an event longer than 4 KiB is null: the same call as JSON returns it. The schema is that of one event's data.`;

const analyse = route({
  method: "post",
  path: "/files/{id}/analysis",
  operationId: "analyseFile",
  scope: "files",
  tags: ["Files"],
  summary: "Analyse a document",
  description:
    "Returns the stored analysis of the file, or makes a new one; long documents are analysed in parts. Concurrent requests wait for the same analysis. Disconnecting does not stop it. If the response times out (`ai_timeout`), the analysis continues: retry to get it.",
  keyed: true,
  request: { params: ById, body: optionalJsonBody(AnalysisRequest) },
  problems: [
    "file_processing",
    "file_failed",
    "unknown_model",
    "budget_exhausted",
    ...providerProblems,
  ],
  responses: {
    200: {
      description: `The analysis. ${EVENTS}`,
      content: {
        "application/json": content(Analysis),
        "text/event-stream": content(AnalysisEvent),
      },
    },
  },
});

export const analysisRoutes = createRouter().openapi(analyse, async (c) => {
  const body = c.req.valid("json");
  const deps = c.get("deps");
  const principal = c.get("principal");
  const ownerId = principal.userId;
  const request = {
    ownerId,
    fileId: c.req.valid("param").id,
    body,
    key: await readKey(c, body),
    keyId: keyIdOf(principal) ?? null,
  };
  const { row, isReplayed } = await startAnalysis({ ...deps, jobs: c.env.FILE_JOBS }, request);
  const headers = markReplayed(isReplayed);
  if (prefersToJson(c.req.header("accept"), "text/event-stream")) {
    const stream = streamAnalysis(deps, ownerId, row);
    return new Response(stream, { headers: { ...SSE_HEADERS, ...headers } });
  }
  return c.json(toAnalysis(await waitFor(c, row)), 200, headers);
});

/** Shorter than a stream, because a JSON response has no heartbeat. */
async function waitFor(c: Context<App>, first: AnalysisRow): Promise<AnalysisRow> {
  const deps = c.get("deps");
  const { file_wait_ms: timeoutMs } = deps.config.TURN_LIMITS;
  let last = first;
  for await (const row of watchAnalysis(deps, c.get("principal").userId, first, timeoutMs)) {
    last = row;
  }
  return last;
}
