/** Wire shapes of analyses, and the functions that make them from rows. */
import { z } from "@hono/zod-openapi";
import { ShownId, ShownTime, text } from "../../../http/fields.ts";
import { onDemand, type Shown } from "../../../http/on-demand.ts";
import { present } from "../../../lib/assert.ts";
import { toIso } from "../../../lib/clock.ts";
import { Problem } from "../../../lib/problem.ts";
import { Citation } from "../../citations/citation.ts";
import { GoverningLaw, MissingClause, SECTIONS } from "./points.ts";
import type { AnalysisRow } from "./queries.ts";

export const AnalysisRequest = z
  .strictObject({
    refresh: z.boolean().nullish().openapi({
      description: "Make a new analysis even if one is stored. Default: false.",
    }),
    model: text({ max: 100 }).nullish().openapi({
      description: "The model of a new analysis; a stored one is returned whichever model made it.",
    }),
  })
  .openapi("AnalysisRequest", { example: {} });

const grounds = () => ({
  // A union, because `nullable` would make the shared schema nullable everywhere.
  citation: z.union([Citation(), z.null()]),
  unverified_quote: z.string().nullable(),
});

export const Analysis = onDemand(() =>
  z
    .object({
      id: ShownId,
      file_id: ShownId,
      model: z.string().openapi({ example: "gpt-4o-mini" }),
      parts: z
        .int()
        .openapi({ description: "The number of parts in which the document was analysed." }),
      document_type: z.string().nullable().openapi({ example: "Residential lease" }),
      title: z.string().nullable(),
      summary: z.string(),
      parties: z.array(SECTIONS.parties.extend(grounds())),
      governing_law: GoverningLaw.extend(grounds()).nullable(),
      dates_and_deadlines: z.array(SECTIONS.dates_and_deadlines.extend(grounds())),
      obligations: z.array(SECTIONS.obligations.extend(grounds())),
      money: z.array(SECTIONS.money.extend(grounds())),
      termination: z.array(SECTIONS.termination.extend(grounds())),
      unusual_clauses: z.array(SECTIONS.unusual_clauses.extend(grounds())),
      missing_clauses: z.array(MissingClause).openapi({
        description: "Clauses that such a document should have and does not; without quotations.",
      }),
      created_at: ShownTime,
      completed_at: ShownTime,
    })
    .openapi("Analysis", {
      description:
        "A model's analysis of the document. `citation` is the text of the document that supports the point, verified; null where none was found. `unverified_quote` is the model's quotation, if it was not found in the document.",
    }),
);

export type Analysis = Shown<typeof Analysis>;

/**
 * The analysis in its wire shape. Throws the problem that it failed with, or `ai_timeout` while it runs.
 */
export function toAnalysis(row: AnalysisRow): Analysis {
  if (row.status === "failed") throw new Problem(row.failure_code ?? "ai_unavailable");
  if (row.status === "running") throw new Problem("ai_timeout");
  return Analysis().parse({
    ...present(row.result, "the result of an analysis"),
    id: row.id,
    file_id: row.file_id,
    model: row.model_name,
    parts: row.parts_total,
    created_at: toIso(row.created_at),
    completed_at: toIso(present(row.completed_at, "the end of an analysis")),
  });
}
