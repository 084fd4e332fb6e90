/** A chat completion: the conversation as it was sent becomes a turn, whose answer is the completion. */
import type { Context } from "hono";
import { readCallKey } from "../../http/call-key.ts";
import { SSE_HEADERS } from "../../http/event-stream.ts";
import { markReplayed } from "../../http/keyed-route.ts";
import type { App } from "../../http/router.ts";
import { readCitations } from "../citations/citation.ts";
import { replayOutcome, replayStream } from "../turns/replay.ts";
import { requireAnswered } from "../turns/schemas.ts";
import type { TurnIds } from "../turns/store/turn.ts";
import {
  completionId,
  type CompletionsWire,
  secondsOf,
  toAnnotations,
  toCompletionUsage,
} from "../turns/wire/completions.ts";
import { readUsage, toOpenAiReason } from "../turns/wire/openai-parts.ts";
import { type SentMessage, toConversation } from "./conversation.ts";
import { chatIdOf } from "./named-chat.ts";
import { requestOpenAiTurn } from "./request-turn.ts";
import type { ChatCompletion, CompletionMessage, CompletionRequest } from "./schemas.ts";

type Outcome = Awaited<ReturnType<typeof replayOutcome>>;

/** Responds with the completion, or the stream of its chunks, of a new turn or of the one that the client repeats. */
export async function complete(c: Context<App>, body: CompletionRequest): Promise<Response> {
  const wait = body.stream !== true;
  const wire = toWire(c, body);
  const { chatId, metadata } = chatIdOf(body.metadata);
  const { ids, ...begun } = await requestOpenAiTurn(c, {
    conversation: toConversation(body.messages.map(toSent), "messages"),
    chatId,
    metadata,
    isKept: body.store === true,
    fileIds: body.file_ids ?? [],
    model: body.model ?? undefined,
    mostTokens: body.max_completion_tokens ?? body.max_tokens ?? undefined,
    key: await readCallKey(c, body),
    wait,
    wire,
  });
  if ("stream" in begun) return new Response(begun.stream, { headers: SSE_HEADERS });
  if ("outcome" in begun) return c.json(toCompletion(ids, begun.outcome, wire), 200);
  return replay(c, begun.replay, wire, wait);
}

async function replay(
  c: Context<App>,
  ids: TurnIds,
  wire: CompletionsWire,
  wait: boolean,
): Promise<Response> {
  const replayed = markReplayed(true);
  if (wait) {
    return c.json(toCompletion(ids, await replayOutcome(c, ids), wire, replayed), 200, replayed);
  }
  return new Response(await replayStream(c, ids, wire), {
    headers: { ...SSE_HEADERS, ...replayed },
  });
}

function toWire(c: Context<App>, { model, stream_options: options }: CompletionRequest) {
  const wire: CompletionsWire = {
    name: "completions",
    model: model ?? c.get("deps").config.DEFAULT_MODEL,
    includesUsage: options?.include_usage === true,
    origin: new URL(c.req.url).origin,
  };
  return wire;
}

const BETWEEN_PARTS = "\n\n";

function toSent({ role, content }: CompletionMessage): SentMessage {
  if (!Array.isArray(content)) return { role, text: content ?? "", fileIds: [] };
  const texts = content.flatMap(({ text, refusal }) => text ?? refusal ?? []);
  const fileIds = content.flatMap(({ file }) => file?.file_id ?? []);
  return { role, text: texts.join(BETWEEN_PARTS), fileIds };
}

/** Throws as `requireAnswered` does. */
function toCompletion(
  ids: TurnIds,
  turn: Outcome | undefined,
  { model, origin }: CompletionsWire,
  headers: Record<string, string> = {},
): ChatCompletion {
  const { answer } = requireAnswered(ids, turn, headers);
  const { content, metadata, created_at: createdAt } = answer;
  const usage = readUsage(metadata);
  const citations = readCitations(metadata);
  const { reasoning } = metadata;
  const message = {
    role: "assistant" as const,
    content,
    refusal: null,
    annotations: toAnnotations(content, citations, origin),
    ...(citations.length > 0 && { citations }),
    ...(typeof reasoning === "string" && { reasoning_content: reasoning }),
  };
  const finish_reason = toOpenAiReason(metadata);
  return {
    id: completionId(answer.id),
    object: "chat.completion",
    created: secondsOf(createdAt),
    model,
    choices: [{ index: 0, message, logprobs: null, finish_reason }],
    ...(usage && { usage: toCompletionUsage(usage) }),
    chat_id: ids.chatId,
  };
}
