/** A response of OpenAI's Responses API: an answer as one item with one part. Pure. */
import { toOpenAiError } from "../../../http/openai-error.ts";
import { Problem, type ProblemCode } from "../../../lib/problem.ts";
import type { Usage } from "../../usage/schemas.ts";
import type { TurnEvent } from "./events.ts";
import { markerPositions, toOpenAiReason } from "./openai-parts.ts";

/** A citation in an event, where a long quote is left out. */
export type CitedFile = Extract<TurnEvent, { type: "citations" }>["citations"][number];

/** The id of the response that an answer is. */
export function responseId(answerId: string): string {
  return `resp_${answerId}`;
}

/** The id of the item that an answer is. */
export function messageId(answerId: string): string {
  return `msg_${answerId}`;
}

type Status = "queued" | "in_progress" | "completed" | "incomplete" | "cancelled" | "failed";

/** How an answer ended that did not fail. */
export function endingOf(
  messageStatus: string,
  metadata: Record<string, unknown>,
): Pick<ResponseState, "status" | "incomplete"> {
  if (messageStatus === "stopped") return { status: "cancelled" };
  const reason = toOpenAiReason(metadata);
  if (reason === "length") return { status: "incomplete", incomplete: "max_output_tokens" };
  if (reason === "content_filter") return { status: "incomplete", incomplete: "content_filter" };
  return { status: "completed" };
}

/** The error of a response that failed. */
export function toResponseError(code: ProblemCode) {
  return { code, message: toOpenAiError(new Problem(code)).message };
}

type FileCitation = ReturnType<typeof toFileCitations>[number];

/** The citations as annotations of an answer's text; `index` is that of their marker, in code points. */
export function toFileCitations(text: string, citations: readonly CitedFile[]) {
  return markerPositions(text, citations).map(({ citation, start }) => ({
    type: "file_citation" as const,
    file_id: citation.file_id,
    filename: citation.file_name,
    index: start,
  }));
}

/** The part of an item that is a text. */
export function textPart(text: string, annotations: FileCitation[]) {
  return { type: "output_text" as const, text, annotations, logprobs: [] as never[] };
}

type ItemStatus = "in_progress" | "completed" | "incomplete";

/** The item that an answer is. */
export function messageItem(
  answerId: string,
  status: ItemStatus,
  content: ReturnType<typeof textPart>[],
) {
  return {
    id: messageId(answerId),
    type: "message" as const,
    role: "assistant" as const,
    status,
    content,
  };
}

type ResponseTurn = {
  answerId: string;
  /** The answer above it; null for the first of a chat. */
  previousId: string | null;
  chatId: string;
  /** Seconds since 1970. */
  createdAt: number;
  model: string;
  background: boolean;
  store: boolean;
};

/** What may change of a response. */
export type ResponseState<C extends CitedFile = CitedFile> = {
  status: Status;
  error?: ReturnType<typeof toResponseError>;
  /** Why it is incomplete. */
  incomplete?: "max_output_tokens" | "content_filter";
  output?: ReturnType<typeof messageItem>[];
  usage?: Usage | undefined;
  citations?: C[];
};

export type WholeResponse = ReturnType<typeof toResponseObject<CitedFile>>;

/** The response with every member that a client may require; the last three are our own. */
export function toResponseObject<C extends CitedFile>(turn: ResponseTurn, state: ResponseState<C>) {
  const { status, error = null, incomplete, output = [], usage, citations = [] } = state;
  return {
    id: responseId(turn.answerId),
    object: "response" as const,
    created_at: turn.createdAt,
    status,
    background: turn.background,
    error,
    incomplete_details: incomplete ? { reason: incomplete } : null,
    instructions: null,
    max_output_tokens: null,
    metadata: {},
    model: turn.model,
    output,
    parallel_tool_calls: true,
    previous_response_id: turn.previousId === null ? null : responseId(turn.previousId),
    reasoning: { effort: null, summary: null },
    service_tier: "default" as const,
    store: turn.store,
    temperature: 1,
    text: { format: { type: "text" as const } },
    tool_choice: "auto" as const,
    tools: [] as never[],
    top_p: 1,
    truncation: "disabled" as const,
    usage: usage ? toResponseUsage(usage) : null,
    user: null,
    chat_id: turn.chatId,
    ...(citations.length > 0 && { citations }),
  };
}

function toResponseUsage(usage: Usage) {
  return {
    input_tokens: usage.prompt_tokens,
    input_tokens_details: { cached_tokens: usage.cached_tokens ?? 0 },
    output_tokens: usage.completion_tokens,
    output_tokens_details: { reasoning_tokens: usage.reasoning_tokens ?? 0 },
    total_tokens: usage.total_tokens,
    cost: usage.cost,
    estimated: usage.estimated,
  };
}
