/** A quotation that stands in a document, as the wire has it. */
import { z } from "@hono/zod-openapi";
import { REGION_KINDS } from "../../lib/text-regions.ts";
import { ShownId } from "../../http/fields.ts";

export const Citation = z
  .object({
    index: z.int().openapi({ description: "The number that the text points with, as in `[3]`." }),
    file_id: ShownId,
    file_name: z.string(),
    page: z.int().nullable().openapi({
      description: "That it begins on. Null where the document has no known pages.",
    }),
    start: z.int().openapi({ description: "Unicode code points into the text of the file." }),
    end: z.int(),
    quote: z
      .string()
      .openapi({ description: "The document's own words between `start` and `end`." }),
    region: z.enum(REGION_KINDS).optional().openapi({
      description:
        "What the words are, where they are not running text: `struck_out` words do not apply.",
    }),
    status: z
      .enum(["verified", "source_deleted"])
      .openapi({ description: "`source_deleted` once the file is gone." }),
  })
  .openapi("Citation");

export type Citation = z.infer<typeof Citation>;

/** A quotation that was looked for, and does not stand where it was said to. */
export const UnverifiedQuote = z.object({ text: z.string() }).openapi("UnverifiedQuote");

export type UnverifiedQuote = z.infer<typeof UnverifiedQuote>;
