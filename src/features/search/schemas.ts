/** Wire shapes of search. */
import { z } from "@hono/zod-openapi";
import { Id, limit, QueryText, ShownId, text } from "../../http/fields.ts";
import { onDemand, type Shown } from "../../http/on-demand.ts";

const LONGEST_QUESTION = 500;
const DEFAULT_HITS = 20;
const MOST_HITS = 100;

export const SearchQuery = z
  .object({
    q: text({ min: 1, max: LONGEST_QUESTION, base: QueryText }).openapi({
      description:
        'Words that must all match. `"words in quotes"` match as a phrase, `-word` excludes, and `or` separates alternatives.',
      example: '"notice period" -employment',
    }),
    scope: z.enum(["messages", "files"]).optional().openapi({
      description: "Default: both; with `file_id` only files.",
    }),
    file_id: Id.optional().openapi({ description: "Search only this file." }),
    chat_id: Id.optional().openapi({
      description: "Search only this chat: its messages and its attachments.",
    }),
    limit: limit(DEFAULT_HITS, MOST_HITS),
  })
  .superRefine(({ scope, file_id }, context) => {
    if (scope !== "messages" || !file_id) return;
    const message = "A file contains no messages. Leave out `scope` or `file_id`.";
    context.addIssue({
      code: "custom",
      params: { code: "contradiction" },
      path: ["scope"],
      message,
    });
  });

export type SearchQuery = z.infer<typeof SearchQuery>;

export const SearchHit = onDemand(() =>
  z
    .object({
      kind: z.enum(["message", "passage"]),
      chat_id: ShownId.optional().openapi({ description: "Present on messages." }),
      chat_title: z.string().optional().openapi({ description: "Present on messages." }),
      message_id: ShownId.optional().openapi({ description: "Present on messages." }),
      file_id: ShownId.optional().openapi({ description: "Present on passages." }),
      file_name: z.string().optional().openapi({ description: "Present on passages." }),
      page: z.int().optional().openapi({ description: "The page on which the passage begins." }),
      start: z.int().optional().openapi({
        description: "The start of the passage in the file's text, in code points.",
      }),
      end: z.int().optional(),
      headings: z.array(z.string()).optional().openapi({
        description:
          "The headings above the passage, outermost first. Of a row of a table, the header row is the last, its cells separated by tabs.",
      }),
      snippet: z.string().openapi({
        description: "Safe HTML: escaped text with matches in `<mark>`.",
        example: "The <mark>notice period</mark> is three months.",
      }),
      score: z
        .number()
        .openapi({ description: "Comparable within one response; higher is better." }),
    })
    .openapi("SearchHit"),
);

export type SearchHit = Shown<typeof SearchHit>;

export const SearchResponse = onDemand(() =>
  z
    .object({ hits: z.array(SearchHit()).openapi({ description: "Best first." }) })
    .openapi("SearchResponse"),
);
