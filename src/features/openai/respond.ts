/** A response: the input as it was sent becomes a turn, whose answer is the response. */
import type { Context } from "hono";
import { readCallKey } from "../../http/call-key.ts";
import { SSE_HEADERS } from "../../http/event-stream.ts";
import { markReplayed } from "../../http/keyed-route.ts";
import type { App } from "../../http/router.ts";
import { replayOutcome, replayStream } from "../turns/replay.ts";
import { requireAnswered } from "../turns/schemas.ts";
import type { TurnIds } from "../turns/store/turn.ts";
import type { ResponsesWire } from "../turns/wire/responses.ts";
import { type Conversation, type SentMessage, toConversation } from "./conversation.ts";
import { chatIdOf } from "./named-chat.ts";
import { requestOpenAiTurn } from "./request-turn.ts";
import { getResponse } from "./response-queries.ts";
import { answerIdOf, toAnswered, toQueued } from "./response-shapes.ts";
import type { InputItem, ResponseRequest } from "./response-schemas.ts";

type Begun = Awaited<ReturnType<typeof requestOpenAiTurn>>;

/** Responds with the response, its stream, or at once with what has begun, of a new turn or of the one that is repeated. */
export async function respond(c: Context<App>, body: ResponseRequest): Promise<Response> {
  const streams = body.stream === true;
  const isBackground = body.background === true;
  const wire = toWire(c, body);
  const turn = await requestTurnOf(c, body, { wait: !streams && !isBackground, wire });
  if (isBackground && !streams) return respondAtOnce(c, turn, wire);
  if ("replay" in turn) return replay(c, turn.replay, wire, streams);
  if ("stream" in turn) return new Response(turn.stream, { headers: SSE_HEADERS });
  return c.json(toAnswered(requireAnswered(turn.ids, turn.outcome), wire), 200);
}

async function requestTurnOf(
  c: Context<App>,
  body: ResponseRequest,
  mode: { wait: boolean; wire: ResponsesWire },
): Promise<Begun> {
  const { chatId: named, metadata } = chatIdOf(body.metadata);
  const previous = await previousOf(c, body);
  const conversation = toConversation(sentMessages(body), "input");
  return requestOpenAiTurn(c, {
    conversation: previous ? inOneMessage(conversation) : conversation,
    chatId: previous?.chatId ?? named,
    ...(previous && { parentId: previous.answerId }),
    metadata,
    isKept: body.store !== false,
    fileIds: body.file_ids ?? [],
    model: body.model ?? undefined,
    mostTokens: body.max_output_tokens ?? undefined,
    key: await readCallKey(c, body),
    ...mode,
  });
}

/** The answer to continue. Throws `not_found`. */
async function previousOf(c: Context<App>, { previous_response_id: id }: ResponseRequest) {
  if (!id) return undefined;
  const { answer } = await getResponse(c.get("deps").db, c.get("principal").userId, answerIdOf(id));
  return { chatId: answer.chat_id, answerId: answer.id };
}

/** A conversation that exists takes one message of the user: what was sent of the user before it is part of it. */
function inOneMessage(conversation: Conversation): Conversation {
  const before = conversation.history.filter(({ type }) => type === "user");
  const texts = [...before.map(({ content }) => content), conversation.content];
  return { ...conversation, history: [], content: texts.join("\n\n") };
}

function sentMessages({ input, instructions }: ResponseRequest): SentMessage[] {
  const items: InputItem[] = typeof input === "string" ? [{ role: "user", content: input }] : input;
  const messages = items.flatMap(toSent);
  if (!instructions) return messages;
  return [{ role: "system", text: instructions, fileIds: [] }, ...messages];
}

function toSent({ type, role, content }: InputItem): SentMessage[] {
  if (!role || (type && type !== "message")) return [];
  if (!Array.isArray(content)) return [{ role, text: content ?? "", fileIds: [] }];
  const texts = content.flatMap(({ text, refusal }) => text ?? refusal ?? []);
  const fileIds = content.flatMap(({ file_id: id }) => id ?? []);
  return [{ role, text: texts.join("\n\n"), fileIds }];
}

function toWire(c: Context<App>, { model, background, store }: ResponseRequest): ResponsesWire {
  return {
    name: "responses",
    model: model ?? c.get("deps").config.DEFAULT_MODEL,
    background: background === true,
    store: store !== false,
  };
}

/** The turn goes on by itself: the client reads it by its id. */
async function respondAtOnce(c: Context<App>, turn: Begun, wire: ResponsesWire): Promise<Response> {
  if ("stream" in turn) await turn.stream.cancel();
  const { chatId, answerId } = "replay" in turn ? turn.replay : turn.ids;
  const now = c.get("deps").clock();
  return c.json(toQueued({ chatId, answerId, now }, wire), 200);
}

async function replay(
  c: Context<App>,
  ids: TurnIds,
  wire: ResponsesWire,
  streams: boolean,
): Promise<Response> {
  const replayed = markReplayed(true);
  if (!streams) {
    const outcome = requireAnswered(ids, await replayOutcome(c, ids), replayed);
    return c.json(toAnswered(outcome, wire), 200, replayed);
  }
  const headers = { ...SSE_HEADERS, ...replayed };
  return new Response(await replayStream(c, ids, wire), { headers });
}
