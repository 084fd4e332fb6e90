/** The frames of the AI SDK's `WebSocketChatTransport`. Pure. */
import { z } from "@hono/zod-openapi";
import { isStorable, findUnstorable } from "../../../lib/storable-text.ts";
import { invalidField, type Problem } from "../../../lib/problem.ts";
import { withoutHistory } from "./chat-body.ts";
import { ChatRequest, type TurnRequestBody } from "./schemas.ts";

const LONGEST_ID = 200;

const Id = z.string().min(1).max(LONGEST_ID).refine(isStorable);

const Envelope = z.object({
  type: z.enum(["send", "resume", "abort"]),
  requestId: Id,
  id: Id.optional(),
});

/** `request`: the frame's members besides the envelope. */
export type SocketRequest =
  | { type: "abort"; requestId: string }
  | { type: "resume"; requestId: string; id: string }
  | { type: "send"; requestId: string; id: string; request: Record<string, unknown> };

/** The request of a frame; undefined for what is none. */
export function parseFrame(text: string): SocketRequest | undefined {
  const value = parseJson(text);
  const envelope = Envelope.safeParse(value);
  if (!envelope.success) return undefined;
  const { type, requestId, id } = envelope.data;
  if (type === "abort") return { type, requestId };
  if (id === undefined) return undefined;
  return type === "resume"
    ? { type, requestId, id }
    : { type, requestId, id, request: { ...(value as object) } };
}

/** The conversation of a `send`. Throws a 422. */
export function toTurnRequest({
  id,
  request,
}: Extract<SocketRequest, { type: "send" }>): TurnRequestBody {
  const { trigger, messages, body } = request;
  const options = typeof body === "object" && body !== null ? body : {};
  const sent = withoutHistory({ model: undefined, ...options, id, trigger, messages });
  const unstorable = findUnstorable(sent);
  if (unstorable) throw invalidField(unstorable.pointer, unstorable.code, unstorable.detail);
  const conversation = ChatRequest.safeParse(sent);
  if (conversation.success) return conversation.data;
  const [issue] = conversation.error.issues;
  throw toProblem(issue?.path ?? [], issue?.message ?? "The conversation is invalid.");
}

function toProblem(path: PropertyKey[], detail: string): Problem {
  return invalidField(`/${path.map(String).join("/")}`, "invalid_value", detail);
}

/** The frame of one chunk, which is JSON already. Sequences begin at 0 and have no gaps. */
export function chunkFrame(requestId: string, sequence: number, chunk: string): string {
  return `{"type":"chunk","requestId":${JSON.stringify(requestId)},"sequence":${sequence},"chunk":${chunk}}`;
}

export function plainFrame(type: "start" | "end" | "no-active", requestId: string): string {
  return JSON.stringify({ type, requestId });
}

export function errorFrame(requestId: string, errorText: string): string {
  return JSON.stringify({ type: "error", requestId, errorText });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
