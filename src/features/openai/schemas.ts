/** Wire shapes of chat completions and models, as clients of OpenAI's API send and read them. */
import { z } from "@hono/zod-openapi";
import { Id, ShownId, text } from "../../http/fields.ts";
import { onDemand, type Shown } from "../../http/on-demand.ts";
import { Citation } from "../citations/citation.ts";
import { messageFields } from "../messages/schemas.ts";

const MOST_MESSAGES = 2_000;
const LONGEST_MESSAGE = 100_000;
const MOST_PARTS = 1_000;
const MOST_FILES = 20;

/** What to do instead of sending a part that is not read. */
const INSTEAD: Record<string, string> = {
  image_url:
    "Pictures are not read here. Upload it as a file, and name its id in `file_ids` or in a part of type `file`.",
  input_audio: "Sound is not read.",
  file: "Only a `file_id` is read here. Upload the file, then name its id.",
};

const Part = z
  .looseObject({
    type: z.string(),
    text: z.string().nullish(),
    refusal: z.string().nullish(),
    file: z.looseObject({ file_id: Id.nullish() }).nullish(),
  })
  .superRefine(({ type, text: words, refusal, file }, context) => {
    const isRead = words ?? refusal ?? file?.file_id;
    if (["text", "refusal", "file"].includes(type) && typeof isRead === "string") return;
    const message = INSTEAD[type] ?? "Parts of this type are not read, only `text` and `file`.";
    context.addIssue({ code: "custom", params: { code: "unsupported_part" }, message });
  });

const SentContent = z
  .union([text({ max: LONGEST_MESSAGE }), z.array(Part).max(MOST_PARTS)])
  .nullish();

const Message = z
  .object({
    role: z.enum(["system", "developer", "user", "assistant", "tool", "function"]),
    content: SentContent,
  })
  .openapi("CompletionMessage");

export type CompletionMessage = z.infer<typeof Message>;

const Tokens = z.int().min(1);

export const CompletionRequest = z
  .looseObject({
    model: text({ max: 100 }).nullish().openapi({ description: "Default: the server's." }),
    messages: z.array(Message).min(1).max(MOST_MESSAGES).openapi({
      description:
        "The whole conversation, the user's message last. System and developer messages are instructions below the server's own, which they do not replace. Messages of tools are left out.",
    }),
    stream: z.boolean().nullish(),
    stream_options: z
      .looseObject({ include_usage: z.boolean().nullish() })
      .nullish()
      .openapi({ description: "With `include_usage`, a stream ends with its usage." }),
    store: z.boolean().nullish().openapi({
      description:
        "True keeps the conversation as a chat that is in no list and in no search. Otherwise it is deleted after about 15 minutes.",
    }),
    metadata: messageFields.metadata.openapi({
      description:
        "Kept with the user message, but for `chat_id`: it continues that chat of yours with the last message; the messages above are then those of the chat.",
    }),
    file_ids: z.array(Id).max(MOST_FILES).nullish().openapi({
      description: "Your documents that the message is about.",
    }),
    max_completion_tokens: Tokens.nullish(),
    max_tokens: Tokens.nullish(),
    n: z
      .int()
      .min(1)
      .max(1, "One choice is made for each request.")
      .nullish()
      .openapi({ maximum: 1 }),
    response_format: z
      .looseObject({
        type: z.literal("text", "Answers are text: no other format is supported."),
      })
      .nullish(),
  })
  .openapi("CompletionRequest", {
    description: "Other parameters of OpenAI, such as `temperature` or `tools`, are ignored.",
    example: {
      model: "gpt-4o-mini",
      messages: [{ role: "user", content: "Can a landlord keep the whole deposit?" }],
    },
  });

export type CompletionRequest = z.infer<typeof CompletionRequest>;

const Annotation = onDemand(() =>
  z.object({
    type: z.literal("url_citation"),
    url_citation: z.object({
      start_index: z.int().openapi({ description: "Of the marker in the text, in code points." }),
      end_index: z.int(),
      title: z.string(),
      url: z.string(),
    }),
  }),
);

export const ChatCompletion = onDemand(() =>
  z
    .object({
      id: z.string().openapi({ description: "`chatcmpl-` and the id of the answer." }),
      object: z.literal("chat.completion"),
      created: z.int().openapi({ description: "Seconds since 1970." }),
      model: z.string(),
      choices: z.array(
        z.object({
          index: z.literal(0),
          message: z.object({
            role: z.literal("assistant"),
            content: z.string(),
            refusal: z.null(),
            annotations: z.array(Annotation()),
            citations: z.array(Citation()).optional().openapi({
              description: "Of an answer from documents: what the annotations link to.",
            }),
            reasoning_content: z.string().optional().openapi({
              description: "The model's reasoning, if the server stores it.",
            }),
          }),
          logprobs: z.null(),
          finish_reason: z.enum(["stop", "length", "content_filter"]),
        }),
      ),
      usage: z
        .object({
          prompt_tokens: z.int(),
          completion_tokens: z.int(),
          total_tokens: z.int(),
          prompt_tokens_details: z.object({ cached_tokens: z.int() }),
          completion_tokens_details: z.object({ reasoning_tokens: z.int() }),
          cost: z.string().nullable(),
          estimated: z.boolean(),
        })
        .optional(),
      chat_id: ShownId.openapi({ description: "To continue it, send it as `metadata.chat_id`." }),
    })
    .openapi("ChatCompletion"),
);

export type ChatCompletion = Shown<typeof ChatCompletion>;

export const OpenAiModel = onDemand(() =>
  z
    .object({
      id: z.string().openapi({ example: "gpt-4o-mini" }),
      object: z.literal("model"),
      created: z.int().openapi({ description: "Always 0: not known." }),
      owned_by: z.string(),
    })
    .openapi("OpenAiModel"),
);

export const OpenAiModels = onDemand(() =>
  z.object({ object: z.literal("list"), data: z.array(OpenAiModel()) }).openapi("OpenAiModels"),
);

export const ByModel = z.object({
  model: z.string().max(200).openapi({ description: "Name of the model." }),
});
