/** Wire shapes of responses, as clients of OpenAI's Responses API send and read them. */
import { z } from "@hono/zod-openapi";
import { Id, ShownId, text } from "../../http/fields.ts";
import { onDemand } from "../../http/on-demand.ts";
import { Citation } from "../citations/citation.ts";
import { messageFields } from "../messages/schemas.ts";

const MOST_ITEMS = 2_000;
const LONGEST_TEXT = 100_000;
const LONGEST_INSTRUCTIONS = 32_000;
const MOST_PARTS = 1_000;
const MOST_FILES = 20;

/** A response's id: `resp_` and the id of the answer, which is all that counts. */
const ResponseId = z
  .string()
  .max(100)
  .regex(/^resp_[0-9a-f-]{36}$/i, "This is not the id of a response.");

const PARTS = new Set(["input_text", "output_text", "text", "refusal", "input_file"]);

const InputPart = z
  .looseObject({
    type: z.string(),
    text: z.string().nullish(),
    refusal: z.string().nullish(),
    file_id: Id.nullish(),
  })
  .superRefine(({ type, text: words, refusal, file_id: fileId }, context) => {
    if (PARTS.has(type) && typeof (words ?? refusal ?? fileId) === "string") return;
    const message =
      "Only texts and files by their `file_id` are read. Upload a document, then name its id.";
    context.addIssue({ code: "custom", params: { code: "unsupported_part" }, message });
  });

/** Reasoning, calls of tools and their results are items too, and are left out. */
const InputItem = z
  .looseObject({
    type: z.string().nullish(),
    role: z.enum(["system", "developer", "user", "assistant"]).nullish(),
    content: z.union([text({ max: LONGEST_TEXT }), z.array(InputPart).max(MOST_PARTS)]).nullish(),
  })
  .openapi("ResponseInputItem");

export type InputItem = z.infer<typeof InputItem>;

export const ResponseRequest = z
  .looseObject({
    model: text({ max: 100 }).nullish().openapi({ description: "Default: the server's." }),
    input: z
      .union([text({ min: 1, max: LONGEST_TEXT }), z.array(InputItem).min(1).max(MOST_ITEMS)])
      .openapi({
        description:
          "A text, or messages, the user's last. Items of other types, such as calls of tools, are left out.",
      }),
    instructions: text({ max: LONGEST_INSTRUCTIONS }).nullish().openapi({
      description:
        "Below the server's own, which they do not replace. They hold for this response.",
    }),
    previous_response_id: ResponseId.nullish().openapi({
      description:
        "Continues the conversation below that response, which may have several continuations.",
    }),
    stream: z.boolean().nullish(),
    background: z.boolean().nullish().openapi({
      description: "True: responds at once, while the answer is generated. Read it by its id.",
    }),
    store: z.boolean().nullish().openapi({
      description:
        "False deletes the response after about 15 minutes. Otherwise it is kept in a chat that is in no list and in no search.",
    }),
    metadata: messageFields.metadata.openapi({
      description:
        "Kept with the user message, but for `chat_id`: it continues that chat of yours.",
    }),
    file_ids: z
      .array(Id)
      .max(MOST_FILES)
      .nullish()
      .openapi({ description: "Your documents that the input is about." }),
    max_output_tokens: z.int().min(1).nullish(),
  })
  .openapi("ResponseRequest", {
    description: "Other parameters of OpenAI, such as `temperature` or `tools`, are ignored.",
    example: { model: "gpt-4o-mini", input: "Can a landlord keep the whole deposit?" },
  });

export type ResponseRequest = z.infer<typeof ResponseRequest>;

export const ByResponse = z.object({
  id: ResponseId.openapi({ param: { name: "id", in: "path", description: "Id of the response." } }),
});

export const ReadResponse = z.object({
  stream: z.enum(["true", "false"]).optional().openapi({
    description: "`true` streams the events of the response, also while it is generated.",
  }),
  starting_after: z
    .string()
    .regex(/^\d{1,9}$/)
    .optional()
    .openapi({ description: "The `sequence_number` of the last event that you have received." }),
});

const Annotation = onDemand(() =>
  z.object({
    type: z.literal("file_citation"),
    file_id: ShownId,
    filename: z.string(),
    index: z.int().openapi({ description: "Of the marker in the text, in code points." }),
  }),
);

const OutputItem = onDemand(() =>
  z.object({
    id: z.string(),
    type: z.literal("message"),
    role: z.literal("assistant"),
    status: z.enum(["in_progress", "completed", "incomplete"]),
    content: z.array(
      z.object({
        type: z.literal("output_text"),
        text: z.string(),
        annotations: z.array(Annotation()),
        logprobs: z.array(z.unknown()),
      }),
    ),
  }),
);

export const ResponseObject = onDemand(() =>
  z
    .object({
      id: z.string().openapi({ description: "`resp_` and the id of the answer." }),
      object: z.literal("response"),
      created_at: z.int().openapi({ description: "Seconds since 1970." }),
      status: z.enum(["queued", "in_progress", "completed", "incomplete", "cancelled", "failed"]),
      background: z.boolean(),
      error: z.object({ code: z.string(), message: z.string() }).nullable(),
      incomplete_details: z.object({ reason: z.string() }).nullable(),
      instructions: z.null(),
      max_output_tokens: z.null(),
      metadata: z.object({}),
      model: z.string(),
      output: z.array(OutputItem()),
      parallel_tool_calls: z.boolean(),
      previous_response_id: z.string().nullable(),
      reasoning: z.object({ effort: z.null(), summary: z.null() }),
      service_tier: z.literal("default"),
      store: z.boolean(),
      temperature: z.number(),
      text: z.object({ format: z.object({ type: z.literal("text") }) }),
      tool_choice: z.literal("auto"),
      tools: z.array(z.unknown()),
      top_p: z.number(),
      truncation: z.literal("disabled"),
      user: z.null(),
      usage: z
        .object({
          input_tokens: z.int(),
          input_tokens_details: z.object({ cached_tokens: z.int() }),
          output_tokens: z.int(),
          output_tokens_details: z.object({ reasoning_tokens: z.int() }),
          total_tokens: z.int(),
          cost: z.string().nullable(),
          estimated: z.boolean(),
        })
        .nullable(),
      chat_id: ShownId,
      citations: z.array(Citation()).optional(),
    })
    .openapi("ResponseObject"),
);

export const DeletedResponse = onDemand(() =>
  z
    .object({ id: z.string(), object: z.literal("response"), deleted: z.literal(true) })
    .openapi("DeletedResponse"),
);
