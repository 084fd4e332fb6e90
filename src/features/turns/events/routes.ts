/** A chat's events as a durable stream, to read. */
import { z } from "@hono/zod-openapi";
import { IfNoneMatch, notModified, tagged } from "../../../http/entity-tag.ts";
import { ById } from "../../../http/fields.ts";
import { onDemand } from "../../../http/on-demand.ts";
import { content, createRouter, route, textHeader } from "../../../http/router.ts";
import { readLog } from "./read-log.ts";

const DURABLE_STREAM = `The events of a chat's turns, one turn after the other, as a stream of the Durable Streams \
protocol that can be read and not written. Each is the JSON of an event as in the stream of a turn, with its \`id\` \
as a member. Without \`live\`: the events after \`offset\`, a page at a time; continue at \`Stream-Next-Offset\` until \
\`Stream-Up-To-Date\`. With \`live=long-poll\`: the same, but where there is none yet, the response waits for the next \
event, and is 204 where none comes. With \`live=sse\`: server-sent events for about a minute, each \`data\` a JSON \
array of events and followed by a \`control\` with \`streamNextOffset\`, \`streamCursor\` and, where nothing follows \
yet, \`upToDate\`.

The events of a turn are kept until ten minutes after its end; \`-1\` begins with the oldest that is kept. When the \
chat is deleted, \`Stream-Closed\` ends what is being read. A chat has at most 64 streams and waiting requests.`;

const Query = z.object({
  offset: z.string().optional().openapi({
    description:
      "A value of `Stream-Next-Offset`; `-1` for the oldest kept event, `now` for the next. Default: `-1`. Required with `live`.",
  }),
  live: z.enum(["long-poll", "sse"]).optional().openapi({
    description: "How to wait for events that are not there yet.",
  }),
  cursor: z.string().optional().openapi({
    description: "The last value of `Stream-Cursor`.",
  }),
});

const Events = onDemand(() =>
  z.array(z.looseObject({ id: z.int(), type: z.string() })).openapi("ChatEvents"),
);

const streamHeaders = {
  "Stream-Next-Offset": textHeader("The offset after the last event of this response."),
  "Stream-Up-To-Date": textHeader("`true` where no event follows yet."),
  "Stream-Closed": textHeader("`true` where no event will follow, because the chat was deleted."),
  "Stream-Cursor": textHeader("With `live`: to be sent as `cursor` with the next request."),
};

const page = {
  description: "The events after the offset.",
  content: {
    "application/json": content(Events),
    "text/event-stream": { schema: z.string() },
  },
};

const read = route({
  method: "get",
  operationId: "readChatEvents",
  path: "/chats/{id}/events",
  scope: "chat",
  tags: ["Answers"],
  summary: "Read a chat's events as a durable stream",
  description: DURABLE_STREAM,
  request: { params: ById, query: Query, headers: IfNoneMatch },
  problems: ["unknown_offset", "log_pruned", "too_many_subscribers", "room_unavailable"],
  responses: {
    200: tagged(page, streamHeaders),
    204: { description: "With `live=long-poll`: there is no event yet. It has the same headers." },
    304: notModified,
  },
});

export const eventLogRoutes = createRouter().openapi(read, async (c) => {
  const { offset, live, cursor } = c.req.valid("query");
  const ifNoneMatch = c.req.valid("header")["if-none-match"];
  // A live read says where it begins; what has no offset is none.
  const start = offset ?? (live ? "" : "-1");
  return readLog(c, c.req.valid("param").id, { offset: start, live, cursor, ifNoneMatch });
});
