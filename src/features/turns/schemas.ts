/** Wire shapes of turns, and how a turn is made from a body. */
import { z } from "@hono/zod-openapi";
import { Id, ShownId, text } from "../../http/fields.ts";
import { Content, Message, messageFields } from "../messages/schemas.ts";
import { Usage } from "../usage/schemas.ts";

const MOST_FILES = 20;

const turnFields = {
  content: Content,
  file_ids: z.array(Id).max(MOST_FILES).nullish().openapi({
    description:
      "Documents that the question is about. They stay in reach of the questions below it, the newest 50.",
  }),
  wait: z.boolean().nullish().openapi({
    description:
      "False: a file that is still being read refuses the question, instead of being waited for.",
  }),
  model: text({ max: 100 }).nullish().openapi({ description: "Default: the server's." }),
  stream: z.boolean().nullish().openapi({
    description: "Absent: streams when `Accept` names `text/event-stream` and not JSON.",
  }),
  metadata: messageFields.metadata,
};

export const Ask = z
  .strictObject({ chat_id: Id.nullish(), ...turnFields })
  .openapi("Ask", { example: { content: "Can a landlord keep the whole deposit?", stream: true } });

export const AskInChat = z
  .strictObject({
    ...turnFields,
    file_name: messageFields.file_name,
    file_url: messageFields.file_url.openapi({
      description:
        "The `file_url` of one of your files makes it a document of the question, like `file_ids`; any other address is kept as text.",
    }),
  })
  .openapi("AskInChat", { example: { content: "And if nothing was agreed in writing?" } });

export type TurnBody = z.infer<typeof AskInChat>;

export const AnswerAgain = z
  .strictObject({ model: turnFields.model, stream: turnFields.stream })
  .openapi("AnswerAgain", { example: { stream: true } });

export type AnswerAgain = z.infer<typeof AnswerAgain>;

export const Stop = z
  .strictObject({
    message_id: Id.nullish().openapi({ description: "Stops this answer, and no other." }),
  })
  .openapi("Stop", { example: {} });

export const TurnResponse = z
  .object({
    chat_id: ShownId,
    user_message: Message,
    ai_response: Message,
    chat_name: z.string(),
    processing_time: z.number().openapi({ description: "Seconds." }),
    usage: Usage,
  })
  .openapi("TurnAnswer");

/** A number as text: what else is given is no event's id, which the handler answers. */
export const ReadFrom = z.object({
  after: z.string().optional().openapi({ description: "Id of the last event that was read." }),
});

export const LastEventId = z.object({
  "last-event-id": z.string().optional().openapi({ description: "Wins over `after`." }),
});
