/** The answer of a client that does not stream: a turn's outcome as one JSON, or as a problem. */
import type { z } from "@hono/zod-openapi";
import { present } from "../../lib/assert.ts";
import { Problem, type ProblemCode } from "../../lib/problem.ts";
import type { TurnOutcome } from "./room/live-turn.ts";
import { TurnResponse } from "./schemas.ts";
import type { TurnIds } from "./store/turn-key.ts";

/**
 * The outcome as the wire has it. Throws `not_found` where the chat was deleted meanwhile, or the
 * problem that the turn ended with, with these headers.
 */
export function toTurnResponse(
  ids: TurnIds,
  outcome: TurnOutcome | undefined,
  headers: Record<string, string> = {},
): z.infer<typeof TurnResponse> {
  if (!outcome) throw new Problem("not_found");
  if (outcome.problem) throw toProblem(outcome.problem, ids, { ...waitOf(outcome), ...headers });
  const { metadata } = outcome.answer;
  return TurnResponse.parse({
    chat_id: ids.chatId,
    user_message: present(outcome.userMessage, "the question of a turn"),
    ai_response: outcome.answer,
    chat_name: outcome.chatName,
    processing_time: metadata.processing_time,
    usage: metadata.usage,
  });
}

function toProblem(code: ProblemCode, ids: TurnIds, headers: Record<string, string>): Problem {
  return new Problem(code, { members: membersOf(ids), headers });
}

function waitOf({ retryAfter }: TurnOutcome): Record<string, string> {
  return retryAfter === undefined ? {} : { "retry-after": String(retryAfter) };
}

/** What a problem names, so that a client finds what was stored. */
export function membersOf({ chatId, userMessageId: questionId, answerId }: TurnIds) {
  return { chat_id: chatId, user_message_id: questionId, message_id: answerId };
}
