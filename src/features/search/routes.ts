/** Search over what was said, and what documents say. */
import { runToEnd } from "../../http/run-to-end.ts";
import { createRouter, json, route } from "../../http/router.ts";
import { SearchAnswer, SearchQuery } from "./schemas.ts";
import { search } from "./search.ts";

const find = route({
  method: "get",
  path: "/search",
  tags: ["Search"],
  summary: "Search one's messages and documents",
  description:
    "Messages that hold all the words, of every branch, and passages of documents by how much they say of them; with both, the best of each by turns. Of a word that is in very many messages, only the newest of these are ranked. Words are found in their English forms (`deposit` finds `deposits`), in documents in those of the document's language. Case, width and diacritics make no difference, and Chinese, Japanese, Korean, Thai, Arabic and Hebrew words are found inside of longer ones.",
  request: { query: SearchQuery },
  problems: ["not_found"],
  responses: { 200: json(SearchAnswer, "What was found.") },
});

export const searchRoutes = createRouter().openapi(find, async (c) => {
  const asked = c.req.valid("query");
  const keep = (work: Promise<void>) => c.executionCtx.waitUntil(work);
  const { userId } = c.get("principal");
  // The meaning of what is asked for may be paid for.
  const hits = await runToEnd(c, search({ ...c.get("deps"), keep }, userId, asked));
  return c.json({ hits }, 200);
});
