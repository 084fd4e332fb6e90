/** Wire shapes of search. */
import { z } from "@hono/zod-openapi";
import { Id, limit, QueryText, ShownId, text } from "../../http/fields.ts";

const LONGEST_QUESTION = 500;
const DEFAULT_HITS = 20;
const MOST_HITS = 100;

export const SearchQuery = z
  .object({
    q: text({ min: 1, max: LONGEST_QUESTION, of: QueryText }).openapi({
      description:
        'Words, all of which are looked for; `"words in quotes"` stand together, `-word` is not to be there, `or` is between alternatives.',
      example: '"notice period" -employment',
    }),
    scope: z.enum(["messages", "files"]).optional().openapi({
      description: "Default: both; with `file_id`, files alone.",
    }),
    file_id: Id.optional().openapi({ description: "Searches this file only." }),
    chat_id: Id.optional().openapi({
      description: "Searches this chat only: its messages, and the files it was asked about.",
    }),
    limit: limit(DEFAULT_HITS, MOST_HITS),
  })
  .superRefine(({ scope, file_id }, context) => {
    if (scope !== "messages" || !file_id) return;
    const message = "A file holds no messages: leave out one of the two.";
    context.addIssue({
      code: "custom",
      params: { code: "contradiction" },
      path: ["scope"],
      message,
    });
  });

export type SearchQuery = z.infer<typeof SearchQuery>;

export const SearchHit = z
  .object({
    kind: z.enum(["message", "passage"]),
    chat_id: ShownId.optional().openapi({ description: "Of a message." }),
    message_id: ShownId.optional(),
    file_id: ShownId.optional().openapi({ description: "Of a passage." }),
    page: z.int().optional().openapi({ description: "The page that the passage begins on." }),
    start: z.int().optional().openapi({
      description: "Where the passage begins in the file's text, in code points.",
    }),
    end: z.int().optional(),
    snippet: z.string().openapi({
      description:
        "HTML that may be inserted as it is: escaped text, in which `<mark>` stands around what matched.",
      example: "The <mark>notice period</mark> is three months.",
    }),
    score: z.number().openapi({ description: "Comparable within one answer; higher is better." }),
  })
  .openapi("SearchHit");

export type SearchHit = z.infer<typeof SearchHit>;

export const SearchAnswer = z
  .object({ hits: z.array(SearchHit).openapi({ description: "Best first." }) })
  .openapi("SearchAnswer");
