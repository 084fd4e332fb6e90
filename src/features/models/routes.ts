/** Route of the offered models. */
import { contentTag, hasTag, IfNoneMatch, notModified, tagged } from "../../http/entity-tag.ts";
import { createRouter, json, route } from "../../http/router.ts";
import { fallbackName, listOffered } from "./offered.ts";
import { OfferedModels, toOffered } from "./schemas.ts";

const list = route({
  method: "get",
  path: "/models",
  operationId: "listModels",
  scope: "chat",
  tags: ["Answers"],
  summary: "List the models",
  description:
    "The models that a user message may name, with their limits and prices: those of the configured providers. Takes no trip to the database; revalidate it with `If-None-Match`.",
  request: { headers: IfNoneMatch },
  problems: ["malformed_header"],
  responses: { 200: tagged(json(OfferedModels, "The models.")), 304: notModified },
});

export const modelRoutes = createRouter().openapi(list, async (c) => {
  const { config, model: client, clock } = c.get("deps");
  const at = new Date(clock());
  const models = listOffered(config, client).map((model) =>
    toOffered(model, {
      defaultName: config.DEFAULT_MODEL,
      fallback: fallbackName(model, config, client),
      at,
    }),
  );
  const headers = { etag: await contentTag(models) };
  const isKnown = hasTag(c.req.valid("header")["if-none-match"], headers.etag);
  return isKnown ? c.body(null, 304, headers) : c.json({ models }, 200, headers);
});
