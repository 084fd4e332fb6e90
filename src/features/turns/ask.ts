/** From a request to a turn in the room of its chat: a new user message, an edited one, or another answer. */
import type { Context } from "hono";
import type { IdempotencyKey } from "../../db/idempotency-keys.ts";
import { SSE_HEADERS } from "../../http/event-stream.ts";
import { readKey } from "../../http/keyed-route.ts";
import { prefersToJson } from "../../http/negotiate.ts";
import { concurrencyHeaders } from "../../http/rate-limit.ts";
import type { App } from "../../http/router.ts";
import { findModel, type Model } from "../../lib/models.ts";
import { keyIdOf } from "../../lib/principal.ts";
import { Problem } from "../../lib/problem.ts";
import { roomCall } from "../../lib/room-call.ts";
import { currentTrace } from "../../lib/trace.ts";
import { linkedFile } from "../messages/linked-file.ts";
import { attachTurn } from "./attach.ts";
import { outcomeMs } from "./outcome-timeout.ts";
import { replayTurn } from "./replay.ts";
import type { StartResult, StartTurn, TurnRefusal } from "./room/contract.ts";
import { problemMembersOf, type Regenerate, toTurnResponse, type TurnBody } from "./schemas.ts";
import {
  type BranchPoint,
  getBranchPoint,
  type NewUserMessage,
  type TurnTarget,
} from "./store/target.ts";
import type { NewTurn, TurnIds } from "./store/turn.ts";
import type { Attachments } from "./store/turn-documents.ts";
import type { Wire } from "./wire/wires.ts";

/** A user's answers may go on for minutes, or end at any moment. */
const RETRY_TURN_SECONDS = 5;

const EVENT_STREAM = "text/event-stream";

/** Options of every turn, with or without a new user message. */
type TurnOptions = Pick<Partial<TurnBody>, "model" | "stream" | "file_ids" | "file_url" | "wait">;

export type TurnInChat = TurnTarget & { chatId: string };

/**
 * Starts the turn in the room and responds with its stream or its outcome, or replays the earlier turn of the
 * same idempotency key; with `Last-Event-ID` starts nothing and attaches to the turn that has that event. Calls
 * `target` once the rest of the request is validated. Throws why it is refused.
 */
export async function startTurn(
  c: Context<App>,
  body: TurnOptions,
  target: () => TurnInChat | Promise<TurnInChat>,
  streams = wantsStream(c, body),
): Promise<Response> {
  const key = await readKey(c, body);
  const eventId = c.req.header("last-event-id");
  if (eventId) return attachTurn(c, await toTurn(c, { options: body, key }, target), eventId);
  const { ids, ...begun } = await requestTurn(c, { options: body, key, wait: !streams }, target);
  if ("replay" in begun) return replayTurn(c, begun.replay, streams);
  if ("stream" in begun) return new Response(begun.stream, { headers: SSE_HEADERS });
  return c.json(toTurnResponse(ids, begun.outcome), 200);
}

/** What a request says of its turn besides its target. */
type TurnRequest = {
  options: TurnOptions;
  key: IdempotencyKey | undefined;
  /** True for the turn's outcome in place of a stream. */
  wait: boolean;
  /** The wire of the stream; our own if absent. */
  wire?: Wire;
  /** Of the application that sends the user message: they go into the prompt below the server's, and are not stored. */
  instructions?: string | undefined;
  /** The most tokens of the answer; the model's own limit if absent. */
  mostTokens?: number | undefined;
};

/** The turn that has begun, by its ids: its stream or outcome, or the earlier turn of the same key. */
type RequestedTurn = { ids: TurnIds } & Exclude<StartResult, { refused: TurnRefusal }>;

/**
 * Starts the turn in the room. Calls `target` once the rest of the request is validated. Throws why it is refused,
 * or `room_unavailable`.
 */
export async function requestTurn(
  c: Context<App>,
  { options, key, wait, wire, instructions, mostTokens }: TurnRequest,
  target: () => TurnInChat | Promise<TurnInChat>,
): Promise<RequestedTurn> {
  const model = withMostTokens(chooseModel(c, options), mostTokens);
  const turn = await toTurn(c, { options, key, instructions }, target);
  const { sessionId } = c.get("principal");
  const { traceparent, startedAt: arrivedAt } = currentTrace() ?? {};
  const start = { turn, model, wait, sessionId, wire, traceparent, arrivedAt };
  const result = await callRoom(c, start);
  if ("refused" in result) throw toProblem(c, result.refused);
  return { ids: idsOf(turn), ...result };
}

async function toTurn(
  c: Context<App>,
  { options, key, instructions }: Pick<TurnRequest, "options" | "key" | "instructions">,
  target: () => TurnInChat | Promise<TurnInChat>,
): Promise<NewTurn> {
  return {
    ...toNewTurn(c, await target(), toFiles(options)),
    ...(key && { key }),
    ...(instructions !== undefined && { instructions }),
  };
}

/** The target of a user message at the end of a chat, or of the first one of a new chat. */
export function appendTarget(
  c: Context<App>,
  body: TurnBody,
  chat: { chatId: string } | { newChatTitle: string },
): TurnInChat {
  const chatId = c.get("deps").newId();
  return { target: "append", chatId, ...chat, userMessage: toUserMessage(c, body) };
}

/** Another answer to a user message. The id is the user message's or that of one of its answers. */
export function regenerateAnswer(c: Context<App>, id: string, body: Regenerate): Promise<Response> {
  return startTurn(c, body, async () => {
    const { chatId, userMessageId, answers } = await branchPointOf(c, id);
    if (!userMessageId) throw new Problem("no_question");
    return { target: "regenerate", chatId, userMessage: { id: userMessageId }, answers };
  });
}

/** A new user message beside the edited one, and its answer. */
export function editUserMessage(c: Context<App>, id: string, body: TurnBody): Promise<Response> {
  return startTurn(c, body, async () => {
    const { chatId, userMessageId } = await branchPointOf(c, id);
    if (userMessageId !== id) throw new Problem("answer_not_editable");
    return { target: "edit", chatId, besideId: id, userMessage: toUserMessage(c, body) };
  });
}

function branchPointOf(c: Context<App>, messageId: string): Promise<BranchPoint> {
  return getBranchPoint(c.get("deps").db, c.get("principal").userId, messageId);
}

/** The user message of a body, with an id of its own. */
function toUserMessage(c: Context<App>, body: TurnBody): NewUserMessage {
  const { content, file_name = null, file_url = null, metadata } = body;
  return { id: c.get("deps").newId(), content, file_name, file_url, metadata: metadata ?? {} };
}

/** The body decides; without `stream` in it, `Accept` does. */
function wantsStream(c: Context<App>, { stream }: TurnOptions): boolean {
  if (typeof stream === "boolean") return stream;
  return prefersToJson(c.req.header("accept"), EVENT_STREAM);
}

function chooseModel(c: Context<App>, { model: name }: TurnOptions): Model {
  const { DEFAULT_MODEL, MODELS } = c.get("deps").config;
  const model = findModel(name ?? DEFAULT_MODEL, [DEFAULT_MODEL], MODELS);
  if (!model) throw new Problem("unknown_model");
  return model;
}

function withMostTokens(model: Model, most = model.maxOutputTokens): Model {
  return { ...model, maxOutputTokens: Math.min(most, model.maxOutputTokens) };
}

function toFiles({ file_ids: ids, file_url: url, wait }: TurnOptions): Attachments {
  const named = ids ? [...new Set(ids)] : undefined;
  return { named, linked: linkedFile(url ?? null), waits: wait !== false };
}

function toNewTurn(c: Context<App>, target: TurnInChat, files: Attachments): NewTurn {
  const { newId, clock, config } = c.get("deps");
  const principal = c.get("principal");
  const { userId } = principal;
  const keyId = keyIdOf(principal);
  const { off, turns_at_once: mostAtOnce, turns_in_all: mostInAll } = config.LIMITS;
  const at = new Date(clock()).toISOString();
  return {
    ...target,
    userId,
    answerId: newId(),
    files,
    ...(keyId && { keyId }),
    ...(!off && { mostAtOnce, mostInAll }),
    at,
  };
}

/** A deploy may restart the room in the middle of a call; the room ends by itself what it began. */
async function callRoom(c: Context<App>, input: StartTurn): Promise<StartResult> {
  try {
    const room = c.env.CHAT_ROOM.getByName(input.turn.chatId);
    const timeoutMs = input.wait ? outcomeMs(c.get("deps").config) : undefined;
    return await roomCall(() => room.start(input), timeoutMs);
  } catch (error) {
    throw new Problem("room_unavailable", {
      cause: error,
      members: problemMembersOf(idsOf(input.turn)),
    });
  }
}

/** Only the members cross from the room: the headers are made from them. */
function toProblem(c: Context<App>, { code, members }: TurnRefusal): Problem {
  const { retry_after: seconds } = members;
  if (typeof seconds === "number") {
    return new Problem(code, { members, headers: { "retry-after": String(seconds) } });
  }
  if (code !== "too_many_turns") return new Problem(code, { members });
  const { turns_at_once: count } = c.get("deps").config.LIMITS;
  const headers = concurrencyHeaders("turns_at_once", count, RETRY_TURN_SECONDS);
  return new Problem(code, { members, headers });
}

function idsOf({ chatId, userMessage, answerId }: NewTurn): TurnIds {
  return { chatId, userMessageId: userMessage.id, answerId };
}
