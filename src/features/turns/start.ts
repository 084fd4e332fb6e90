/** A question on its way into its chat's room, and what comes back. */
import type { Context } from "hono";
import { readKey } from "../../http/keyed-route.ts";
import { names } from "../../http/negotiate.ts";
import type { App } from "../../http/router.ts";
import { findModel, type Model } from "../../lib/models.ts";
import { invalidField, Problem } from "../../lib/problem.ts";
import type { Refusal } from "./live-turn.ts";
import type { NewTurn } from "./persist.ts";
import { replayTurn } from "./replay.ts";
import type { StartResult, StartTurn } from "./room-calls.ts";
import type { TurnBody } from "./schemas.ts";
import { membersOf, toTurnAnswer } from "./turn-answer.ts";
import type { TurnIds } from "./turn-key.ts";
import { SSE_HEADERS } from "./wires/sse.ts";

const JSON_TYPE = "application/json";
const EVENT_STREAM = "text/event-stream";

/** Where the question goes: a chat that is there, or one to be made. */
export type Place = { chatId: string } | { newChatTitle: string };

/**
 * Runs the turn in the room; streams it, or answers with its outcome. A key that began a turn before
 * gives that one again.
 */
export async function answerTurn(
  c: Context<App>,
  place: Place,
  body: TurnBody,
  streams = wantsStream(c, body),
): Promise<Response> {
  const key = await readKey(c, { ...body, ...("chatId" in place && { chat_id: place.chatId }) });
  const model = chooseModel(c, body);
  refuseFiles(body);
  const turn = { ...toNewTurn(c, place, body), ...(key && { key }) };
  const { sessionId } = c.get("principal");
  const result = await callRoom(c, { turn, model, wait: !streams, sessionId });
  if ("refused" in result) throw toProblem(result.refused);
  if ("replay" in result) return replayTurn(c, result.replay, streams);
  if ("stream" in result) return new Response(result.stream, { headers: SSE_HEADERS });
  return c.json(toTurnAnswer(idsOf(turn), result.outcome), 200);
}

/** The body decides; where it is silent, `Accept` does. */
function wantsStream(c: Context<App>, { stream }: TurnBody): boolean {
  if (typeof stream === "boolean") return stream;
  const accept = c.req.header("accept") ?? "*/*";
  return names(accept, EVENT_STREAM) && !names(accept, JSON_TYPE);
}

function chooseModel(c: Context<App>, { model: name }: TurnBody): Model {
  const { DEFAULT_MODEL } = c.get("deps").config;
  const model = findModel(name ?? DEFAULT_MODEL, [DEFAULT_MODEL]);
  if (!model) throw new Problem("unknown_model");
  return model;
}

/** No id names a file yet that could be read. */
function refuseFiles({ file_ids: ids }: TurnBody): void {
  if (ids?.length) throw invalidField("/file_ids/0", "unknown_file", "There is no such file.");
}

function toNewTurn(c: Context<App>, place: Place, body: TurnBody): NewTurn {
  const { newId, clock } = c.get("deps");
  const { content, file_name = null, file_url = null, metadata } = body;
  return {
    userId: c.get("principal").userId,
    chatId: "chatId" in place ? place.chatId : newId(),
    ...("newChatTitle" in place && { newChatTitle: place.newChatTitle }),
    question: { id: newId(), content, file_name, file_url, metadata: metadata ?? {} },
    answerId: newId(),
    at: new Date(clock()).toISOString(),
  };
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
