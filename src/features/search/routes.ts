/** Route of the search over messages and documents. */
import { runToEnd } from "../../http/run-to-end.ts";
import { createRouter, json, route } from "../../http/router.ts";
import { SearchResponse, SearchQuery } from "./schemas.ts";
import { search } from "./search.ts";

const find = route({
  method: "get",
  path: "/search",
  operationId: "searchMessagesAndFiles",
  scope: "read",
  tags: ["Search"],
  summary: "Search your messages and documents",
  description:
    "Finds messages of every branch that contain all words, and passages of documents by relevance; with both, hits alternate. For words in very many messages, only the newest matches are ranked. Messages match English word forms (`deposit` finds `deposits`), documents those of their language. Case, width and diacritics are ignored, and Chinese, Japanese, Korean, Thai, Arabic and Hebrew words are found inside of longer ones.",
  request: { query: SearchQuery },
  problems: ["not_found"],
  responses: { 200: json(SearchResponse, "The hits.") },
});

export const searchRoutes = createRouter().openapi(find, async (c) => {
  const request = c.req.valid("query");
  const keep = (work: Promise<void>) => c.executionCtx.waitUntil(work);
  const { userId } = c.get("principal");
  // The search may pay for an embedding: finish and record it even if the client disconnects.
  const hits = await runToEnd(c, search({ ...c.get("deps"), keep }, userId, request));
  return c.json({ hits }, 200);
});
