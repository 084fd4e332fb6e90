/** The frames of a live socket: turn events and changes to the client, its own frames to the server. Pure. */
import { utf8Length } from "../../../lib/bytes.ts";
import { Problem } from "../../../lib/problem.ts";
import { FAILURES, isFailureCode } from "../../files/failures.ts";
import type { Chat } from "../../chats/schemas.ts";
import type { ShownMessage } from "../../messages/schemas.ts";
import type { NumberedEvent } from "./events.ts";

/** The runtime responds to exactly these bytes without waking the room. */
export const PING = '{"type":"ping"}';
export const PONG = '{"type":"pong"}';

const LARGEST_FRAME_BYTES = 64 * 1024;

/** Why a socket is closed (RFC 6455 section 7.4.1, and IANA's registry for 1011 to 1013). */
export type Closing = { code: number; reason: string };

export const closings = {
  clientClosed: { code: 1000, reason: "" },
  chatDeleted: { code: 1001, reason: "chat deleted" },
  notText: { code: 1008, reason: "frames are text" },
  notJson: { code: 1008, reason: "frames are JSON objects" },
  unknownType: { code: 1008, reason: "unknown type of frame" },
  tooManyFrames: { code: 1008, reason: "too many frames" },
  tooManyResumes: { code: 1008, reason: "too many resumes" },
  sessionEnded: { code: 1008, reason: "session ended" },
  tooLarge: { code: 1009, reason: "frame too large" },
  failed: { code: 1011, reason: "internal error" },
  tooManySockets: { code: 1013, reason: "too many sockets" },
  sentEnough: { code: 1013, reason: "connect again to go on" },
} as const satisfies Record<string, Closing>;

/** A frame of the client. Only the room knows whether `after` is an id. */
type ParsedFrame = { type: "ping" } | { type: "resume"; after: unknown };

/** The event's JSON and its id. */
export function encodeFrame({ id, event }: NumberedEvent): string {
  return JSON.stringify({ ...event, id });
}

/** A change of a file's ingestion, from the consumer of the queue. */
export type FileChange = {
  fileId: string;
  status: "processing" | "ready" | "failed";
  failureCode: string | null;
};

/** No event of the log: it has no id to resume after. */
export function encodeFileStatus({ fileId, status, failureCode }: FileChange): string {
  const failure = toFailure(failureCode);
  return JSON.stringify({ type: "file_status", file_id: fileId, status, failure });
}

/** The failure as the file's own response shows it. An unknown code has the text of `unreadable`. */
function toFailure(code: string | null): { code: string; detail: string } | null {
  if (code === null) return null;
  return { code, detail: FAILURES[isFailureCode(code) ? code : "unreadable"] };
}

/** A change of the chat itself, or a message stored without an answer. */
export type ChatUpdate = { version: number; chat: Chat; message?: ShownMessage };

/** No event of the log either. */
export function encodeChatUpdated({ chat, message }: Omit<ChatUpdate, "version">): string {
  return JSON.stringify({ type: "chat_updated", chat, ...(message && { message }) });
}

/** The response to a `resume` after an unknown id, which does not move the cursor. */
export function encodeUnknownId(): string {
  const { detail, code } = new Problem("unknown_event_id");
  return JSON.stringify({ type: "error", error: detail, code });
}

/** The client's frame, or why its socket is to be closed. */
export function decodeFrame(data: string | ArrayBuffer): ParsedFrame | Closing {
  if (sizeOf(data) > LARGEST_FRAME_BYTES) return closings.tooLarge;
  if (typeof data !== "string") return closings.notText;
  const frame = parseObject(data);
  if (!frame) return closings.notJson;
  if (frame.type === "ping") return { type: "ping" };
  if (frame.type === "resume") return { type: "resume", after: frame.after };
  return closings.unknownType;
}

function sizeOf(data: string | ArrayBuffer): number {
  return typeof data === "string" ? utf8Length(data) : data.byteLength;
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
