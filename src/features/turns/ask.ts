/** A question on its way into its chat's room, and what comes back. */
import type { Context } from "hono";
import { readKey } from "../../http/keyed-route.ts";
import { names } from "../../http/negotiate.ts";
import type { App } from "../../http/router.ts";
import { findModel, type Model } from "../../lib/models.ts";
import { Problem } from "../../lib/problem.ts";
import { linkedFile, type TurnFiles } from "./store/attachments.ts";
import type { Refusal } from "./room/live-turn.ts";
import type { NewTurn } from "./store/begin-turn.ts";
import type { Question, TurnPlace } from "./store/target.ts";
import { replayTurn } from "./replay.ts";
import type { StartResult, StartTurn } from "./room/contract.ts";
import type { TurnBody } from "./schemas.ts";
import { membersOf, toTurnAnswer } from "./turn-answer.ts";
import type { TurnIds } from "./store/turn-key.ts";
import { SSE_HEADERS } from "../../http/event-stream.ts";

const JSON_TYPE = "application/json";
const EVENT_STREAM = "text/event-stream";

/** What may be said of any turn, whether or not it brings a question. */
export type TurnOptions = Pick<
  Partial<TurnBody>,
  "model" | "stream" | "file_ids" | "file_url" | "wait"
>;

export type PlacedTurn = TurnPlace & { chatId: string };

/**
 * Runs the turn in the room; streams it, or answers with its outcome. A key that began a turn before
 * gives that one again. `place` is asked once the request is known to be in order.
 */
export async function answerTurn(
  c: Context<App>,
  body: TurnOptions,
  place: () => PlacedTurn | Promise<PlacedTurn>,
  streams = wantsStream(c, body),
): Promise<Response> {
  const key = await readKey(c, body);
  const model = chooseModel(c, body);
  const turn = { ...toNewTurn(c, await place(), toFiles(body)), ...(key && { key }) };
  const { sessionId } = c.get("principal");
  const result = await callRoom(c, { turn, model, wait: !streams, sessionId });
  if ("refused" in result) throw toProblem(result.refused);
  if ("replay" in result) return replayTurn(c, result.replay, streams);
  if ("stream" in result) return new Response(result.stream, { headers: SSE_HEADERS });
  return c.json(toTurnAnswer(idsOf(turn), result.outcome), 200);
}

/** A question at the end of a chat that is there, or of one that is made for it. */
export function atEnd(
  c: Context<App>,
  body: TurnBody,
  chat: { chatId: string } | { newChatTitle: string },
): PlacedTurn {
  const chatId = c.get("deps").newId();
  return { place: "end", chatId, ...chat, question: toQuestion(c, body) };
}

/** The question that a body brings, under an id of its own. */
export function toQuestion(c: Context<App>, body: TurnBody): Question {
  const { content, file_name = null, file_url = null, metadata } = body;
  return { id: c.get("deps").newId(), content, file_name, file_url, metadata: metadata ?? {} };
}

/** The body decides; where it is silent, `Accept` does. */
function wantsStream(c: Context<App>, { stream }: TurnOptions): boolean {
  if (typeof stream === "boolean") return stream;
  const accept = c.req.header("accept") ?? "*/*";
  return names(accept, EVENT_STREAM) && !names(accept, JSON_TYPE);
}

function chooseModel(c: Context<App>, { model: name }: TurnOptions): Model {
  const { DEFAULT_MODEL, MODELS } = c.get("deps").config;
  const model = findModel(name ?? DEFAULT_MODEL, [DEFAULT_MODEL], MODELS.chat);
  if (!model) throw new Problem("unknown_model");
  return model;
}

function toFiles({ file_ids: ids, file_url: url, wait }: TurnOptions): TurnFiles {
  const named = ids ? [...new Set(ids)] : undefined;
  return { named, linked: linkedFile(url ?? null), waits: wait !== false };
}

function toNewTurn(c: Context<App>, placed: PlacedTurn, files: TurnFiles): NewTurn {
  const { newId, clock } = c.get("deps");
  const { userId } = c.get("principal");
  return { ...placed, userId, answerId: newId(), files, at: new Date(clock()).toISOString() };
}

/** The room may be restarted by a deploy in the middle of a call; what it began, it ends by itself. */
async function callRoom(c: Context<App>, input: StartTurn): Promise<StartResult> {
  try {
    return await c.env.CHAT_ROOM.getByName(input.turn.chatId).start(input);
  } catch (error) {
    throw new Problem("room_unavailable", { cause: error, members: membersOf(idsOf(input.turn)) });
  }
}

function toProblem({ code, members }: Refusal): Problem {
  return new Problem(code, { members });
}

function idsOf({ chatId, question, answerId }: NewTurn): TurnIds {
  return { chatId, questionId: question.id, answerId };
}
