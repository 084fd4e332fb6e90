/** The wire shapes of turns. */
import { z } from "@hono/zod-openapi";
import { Id, ShownId, text } from "../../http/fields.ts";
import { onDemand, type Shown } from "../../http/on-demand.ts";
import { present } from "../../lib/assert.ts";
import { Problem } from "../../lib/problem.ts";
import { completeMessage, Content, Message, messageFields } from "../messages/schemas.ts";
import { Usage } from "../usage/schemas.ts";
import type { TurnOutcome } from "./room/contract.ts";
import type { TurnIds } from "./store/turn.ts";

const MOST_FILES = 20;

const turnFields = {
  content: Content,
  file_ids: z.array(Id).max(MOST_FILES).nullish().openapi({
    description:
      "Documents that the user message is about. They stay in the context of the messages below it, the newest 50.",
  }),
  wait: z.boolean().nullish().openapi({
    description:
      "False: refuses the user message while a file is still being processed, instead of waiting for the file.",
  }),
  model: text({ max: 100 }).nullish().openapi({ description: "Default: the server's." }),
  stream: z.boolean().nullish().openapi({
    description: "Absent: streams when `Accept` names `text/event-stream` and not JSON.",
  }),
  metadata: messageFields.metadata,
};

export const SendMessage = z
  .strictObject({ chat_id: Id.nullish(), ...turnFields })
  .openapi("Ask", { example: { content: "Can a landlord keep the whole deposit?", stream: true } });

export const SendInChat = z
  .strictObject({
    ...turnFields,
    file_name: messageFields.file_name,
    file_url: messageFields.file_url.openapi({
      description:
        "The `file_url` of one of your files makes it a document of the user message, like `file_ids`; any other address is kept as text.",
    }),
  })
  .openapi("AskInChat", { example: { content: "And if nothing was agreed in writing?" } });

export type TurnBody = z.infer<typeof SendInChat>;

export const Regenerate = z
  .strictObject({ model: turnFields.model, stream: turnFields.stream })
  .openapi("AnswerAgain", { example: { stream: true } });

export type Regenerate = z.infer<typeof Regenerate>;

export const Stop = z
  .strictObject({
    message_id: Id.nullish().openapi({ description: "Stops this answer, and no other." }),
  })
  .openapi("Stop", { example: {} });

export const TurnResponse = onDemand(() =>
  z
    .object({
      chat_id: ShownId,
      user_message: Message(),
      ai_response: Message(),
      chat_name: z.string(),
      processing_time: z.number().openapi({ description: "Seconds." }),
      usage: Usage(),
    })
    .openapi("TurnAnswer"),
);

/** Any text, because the handler has its own problem for what is no event id. */
export const ReadFrom = z.object({
  after: z
    .string()
    .optional()
    .openapi({ description: "Id of the last event that you have received." }),
});

export const LastEventId = z.object({
  "last-event-id": z.string().optional().openapi({ description: "Takes precedence over `after`." }),
});

/** The header with which a client repeats a request that starts a turn. */
export const AttachAfter = z.object({
  "last-event-id": z.string().optional().openapi({
    description:
      "Of a repeated request: the id of the last event that you have received. Starts nothing, and streams the events after that one, whatever `stream` says; none where it was the last one, or the turn ended more than ten minutes ago. An unknown id is refused. A chat that the request created is found by `Idempotency-Key`, or by the same message within a day; where that fits several chats the response is 409.",
  }),
});

/** The response to a client that does not stream. Throws as `requireAnswered` does. */
export function toTurnResponse(
  ids: TurnIds,
  turn: TurnOutcome | undefined,
  headers: Record<string, string> = {},
): Shown<typeof TurnResponse> {
  const outcome = requireAnswered(ids, turn, headers);
  const { metadata } = outcome.answer;
  return TurnResponse().parse({
    chat_id: ids.chatId,
    // The room may still run an earlier version.
    user_message: completeMessage(present(outcome.userMessage, "the user message of a turn")),
    ai_response: completeMessage(outcome.answer),
    chat_name: outcome.chatName,
    processing_time: metadata.processing_time,
    usage: metadata.usage,
  });
}

/**
 * The outcome of a turn that has an answer. Throws `not_found` where the chat was deleted meanwhile, or the problem that
 * the turn ended with, with these headers.
 */
export function requireAnswered(
  ids: TurnIds,
  outcome: TurnOutcome | undefined,
  headers: Record<string, string> = {},
): TurnOutcome {
  if (!outcome) throw new Problem("not_found");
  if (!outcome.problem) return outcome;
  throw new Problem(outcome.problem, {
    members: problemMembersOf(ids),
    headers: { ...retryAfterOf(outcome), ...headers },
  });
}

function retryAfterOf({ retryAfter }: TurnOutcome): Record<string, string> {
  return retryAfter === undefined ? {} : { "retry-after": String(retryAfter) };
}

/** The ids in the problem of a turn, by which a client finds what is stored. */
export function problemMembersOf({ chatId, userMessageId, answerId }: TurnIds) {
  return { chat_id: chatId, user_message_id: userMessageId, message_id: answerId };
}
