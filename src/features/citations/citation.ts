/** Wire shapes of citations. */
import { z } from "@hono/zod-openapi";
import { onDemand, type Shown } from "../../http/on-demand.ts";
import { REGION_KINDS } from "../../lib/text-regions.ts";
import { ShownId } from "../../http/fields.ts";

const LATER = "Absent in an answer that an earlier version stored.";

/** Where the answer quotes; more than once, the first time. */
const inAnswer = () => ({
  number: z
    .int()
    .optional()
    .openapi({
      description: `The number of the marker in the answer, as 3 in \`[3]\`. ${LATER}`,
    }),
  answer_start: z
    .int()
    .optional()
    .openapi({
      description: `Where the quoted words begin in the answer's \`content\`, in Unicode code points, without quotation marks. ${LATER}`,
    }),
  answer_end: z.int().optional().openapi({ description: "Where they end, exclusive." }),
});

export const Citation = onDemand(() =>
  z
    .object({
      index: z.int().openapi({ description: "The number that the answer refers to, as in `[3]`." }),
      file_id: ShownId,
      file_name: z.string(),
      page: z.int().nullable().openapi({
        description:
          "The page on which the quotation begins. Null if the document has no known pages.",
      }),
      heading: z.string().optional().openapi({
        description: "The nearest heading above the quotation, if the document has no known pages.",
      }),
      start: z
        .int()
        .openapi({ description: "Offset into the text of the file, in Unicode code points." }),
      end: z.int(),
      quote: z.string().openapi({ description: "The document's text between `start` and `end`." }),
      region: z.enum(REGION_KINDS).optional().openapi({
        description:
          "The kind of region if the quotation is not in the body text; `struck_out` text does not apply.",
      }),
      source: z.literal("ocr").optional().openapi({
        description:
          "The page is scanned: a model transcribed the words from its picture, and may have misread them.",
      }),
      elided: z.literal(true).optional().openapi({
        description:
          "The quotation has an ellipsis that hides words. `quote` is the document's whole text, `parts` are the quoted words.",
      }),
      parts: z
        .array(z.object({ start: z.int(), end: z.int(), quote: z.string() }))
        .optional()
        .openapi({ description: "Of an elided quotation: its parts, in order." }),
      ...inAnswer(),
      status: z
        .enum(["verified", "source_deleted"])
        .openapi({ description: "`source_deleted` once the file was deleted." }),
    })
    .openapi("Citation"),
);

export type Citation = Shown<typeof Citation>;

const Citations = onDemand(() => z.array(Citation()));

/** The citations in the metadata of an answer; none where there are none, or not as this version writes them. */
export function readCitations({ citations }: Record<string, unknown>): Citation[] {
  return Citations().safeParse(citations).data ?? [];
}

/** A quotation that was not found in the document that it refers to. */
export const UnverifiedQuote = onDemand(() =>
  z.object({ text: z.string(), ...inAnswer() }).openapi("UnverifiedQuote"),
);

export type UnverifiedQuote = Shown<typeof UnverifiedQuote>;
