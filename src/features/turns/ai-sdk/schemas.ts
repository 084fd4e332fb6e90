/** What the transports of the AI SDK send, as far as it is read: they send more, which is ignored. */
import { z } from "@hono/zod-openapi";
import { limit, ShownId, text } from "../../../http/fields.ts";
import { onDemand, type Shown } from "../../../http/on-demand.ts";

const LONGEST_ID = 200;
const LONGEST_URL = 8 * 1024 * 1024;
const DEFAULT_PAGE = 100;

/** Texts and files of one message. */
export const MOST_PARTS = 200;
const LARGEST_PAGE = 200;

/** An id that a client made, or one of ours. */
const ClientId = text({ min: 1, max: LONGEST_ID }).openapi({ example: "b7Xk2QpLr9TzW4mA" });

const TextPart = z.object({ type: z.literal("text"), text: z.string() });

const FilePart = z.object({
  type: z.literal("file"),
  url: z.string().max(LONGEST_URL).openapi({
    description: "`/files/{id}/content` of one of your files, or a `data:` URL, which is uploaded.",
  }),
  mediaType: z.string().max(200).nullish(),
  filename: z.string().max(1_000).nullish(),
});

const OtherPart = z.object({ type: z.string() });

const SentUIMessage = z
  .object({
    id: ClientId,
    role: z.enum(["system", "user", "assistant"]),
    parts: z
      .array(z.union([TextPart, FilePart, OtherPart]))
      .max(MOST_PARTS)
      .nullish(),
  })
  .openapi("SentUIMessage");

export type SentUIMessage = z.infer<typeof SentUIMessage>;
export type FilePart = z.infer<typeof FilePart>;

const turnFields = {
  trigger: z.enum(["submit-message", "regenerate-message"]).nullish().openapi({
    description: "`regenerate-message`: another answer to the user message at the end.",
  }),
  messages: z.array(SentUIMessage).min(1).openapi({
    description:
      "The whole conversation, as the client has it. Only the user message at its end is read, and the id of the message before it.",
  }),
  model: text({ max: 100 }).nullish().openapi({ description: "Default: the server's." }),
};

const message = {
  id: "Zk3nVw8sQ1YbT6rE",
  role: "user" as const,
  parts: [{ type: "text" as const, text: "Can a landlord keep the whole deposit?" }],
};

export const ChatRequest = z
  .object({ id: ClientId, ...turnFields })
  .openapi("UIChatRequest", { example: { id: "b7Xk2QpLr9TzW4mA", messages: [message] } });

/** The transport for workflows sends no id of the chat, unless the application adds one. */
export const WorkflowRequest = z
  .object({ id: ClientId.nullish(), ...turnFields })
  .openapi("UIWorkflowRequest", { example: { messages: [message] } });

export type TurnRequestBody = z.infer<typeof WorkflowRequest>;

export const ByClientId = z.object({
  id: z.string().openapi({ description: "The id that the client made of the chat, or ours." }),
});

export const StartIndex = z.object({
  startIndex: z
    .string()
    .regex(/^-?\d{1,9}$/, "This must be a whole number.")
    .transform(Number)
    .default(0)
    .openapi({ type: "integer", description: "The number of chunks that you have received." }),
});

export const UIMessageQuery = z.object({ limit: limit(DEFAULT_PAGE, LARGEST_PAGE) });

export const UIMessage = onDemand(() =>
  z
    .object({
      id: ShownId,
      role: z.enum(["user", "assistant"]),
      metadata: z.record(z.string(), z.unknown()),
      parts: z.array(z.record(z.string(), z.unknown())).openapi({
        description:
          "`step-start`, `reasoning`, `text`, and of each citation `source-document` and `data-citation`; of a user message `file` and `text`.",
      }),
    })
    .openapi("UIMessage"),
);

export type UIMessage = Shown<typeof UIMessage>;
