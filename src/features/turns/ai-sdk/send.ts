/** From a conversation of the AI SDK to a turn: a new user message, an edited one, or another answer to it. */
import type { Context } from "hono";
import type { IdempotencyKey } from "../../../db/idempotency-keys.ts";
import type { App } from "../../../http/router.ts";
import { Problem } from "../../../lib/problem.ts";
import { sha256OfText } from "../../../lib/sha256.ts";
import { DEFAULT_TITLE } from "../../chats/schemas.ts";
import { requestTurn, type TurnInChat } from "../ask.ts";
import { replayStream } from "../replay.ts";
import { stopAnswer } from "../stop.ts";
import type { TurnIds } from "../store/turn.ts";
import type { Wire } from "../wire/wires.ts";
import { findPosition, type Position, type StoredUserMessage } from "./position.ts";
import type { TurnRequestBody } from "./schemas.ts";
import { readSent, type Sent, toFileIds } from "./user-message.ts";

/** How often the running turn of the chat is ended, where another begins each time. */
const MOST_ATTEMPTS = 4;

/** The stream of a turn, and its ids. */
type SentTurn = { ids: TurnIds; stream: ReadableStream<Uint8Array> };

/**
 * Starts the turn that the conversation asks for, after the running one is ended, or attaches to the turn of the same
 * user message and text. Throws what a turn and an upload throw, and a 422 for a conversation without a user message.
 */
export async function sendConversation(
  c: Context<App>,
  body: TurnRequestBody,
  wire: Wire,
): Promise<SentTurn> {
  const request = { body, sent: readSent(body), wire };
  for (let attempt = 1; ; attempt++) {
    try {
      return await attemptTurn(c, request, attempt > 1);
    } catch (error) {
      const isRunning = error instanceof Problem && error.code === "turn_in_progress";
      if (!isRunning || attempt === MOST_ATTEMPTS) throw error;
    }
  }
}

type Conversation = { body: TurnRequestBody; sent: Sent; wire: Wire };

/** `isRefused`: a turn was running that the position does not show. */
async function attemptTurn(
  c: Context<App>,
  request: Conversation,
  isRefused: boolean,
): Promise<SentTurn> {
  const { body, sent, wire } = request;
  const ids = {
    chat: body.id ?? undefined,
    userMessage: sent.messageId,
    previous: sent.previousId,
  };
  const position = await findPosition(c.get("deps").db, c.get("principal").userId, ids);
  const earlier = position && earlierTurn(position, request);
  if (earlier) return { ids: earlier, stream: await replayStream(c, earlier, wire) };
  const isRunning = position?.streamingId !== undefined || isRefused;
  if (position && isRunning) await stopAnswer(c, position.chatId, undefined);
  return startTurn(c, request, position);
}

/** The turn of the same user message and text, unless another answer is wanted or that one came to nothing. */
function earlierTurn(position: Position, { body, sent }: Conversation): TurnIds | undefined {
  const { chatId, stored } = position;
  if (body.trigger === "regenerate-message" || stored?.content !== sent.text) return undefined;
  const { answer } = stored;
  if (!answer || answer.status === "failed" || answer.status === "interrupted") return undefined;
  return { chatId, userMessageId: stored.id, answerId: answer.id };
}

async function startTurn(
  c: Context<App>,
  request: Conversation,
  position: Position | undefined,
): Promise<SentTurn> {
  const { body, sent, wire } = request;
  const stored = position?.stored;
  const isAsIs = stored?.content === sent.text;
  const options = {
    model: body.model,
    ...(!isAsIs && (await fileOptions(c, sent, stored !== undefined))),
  };
  const key = isAsIs ? undefined : await keyOf(c, request, stored);
  const target = () => targetOf(c, request, position);
  const { ids, ...begun } = await requestTurn(c, { options, key, wait: false, wire }, target);
  if ("stream" in begun) return { ids, stream: begun.stream };
  if (!("replay" in begun)) throw new Problem("internal_error");
  return { ids: begun.replay, stream: await replayStream(c, begun.replay, wire) };
}

/** Without a file in it, an edited message keeps those of the old one. */
async function fileOptions(c: Context<App>, sent: Sent, isEdit: boolean) {
  if (sent.files.length === 0 && isEdit) return {};
  return { file_ids: await toFileIds(c, sent) };
}

function targetOf(
  c: Context<App>,
  { body, sent }: Conversation,
  position: Position | undefined,
): TurnInChat {
  const userMessage = toUserMessage(c, sent);
  if (!position) {
    const chat = { chatId: c.get("deps").newId(), newChatTitle: DEFAULT_TITLE };
    const client = body.id ? { newChatClientId: body.id } : {};
    return { target: "append", ...chat, ...client, userMessage };
  }
  const { chatId, stored, previousId } = position;
  if (!stored) {
    return { target: "append", chatId, ...(previousId && { parentId: previousId }), userMessage };
  }
  if (stored.content !== sent.text) {
    return { target: "edit", chatId, besideId: stored.id, userMessage };
  }
  return { target: "regenerate", chatId, userMessage: { id: stored.id }, answers: stored.answers };
}

function toUserMessage(c: Context<App>, { messageId, text: content }: Sent) {
  const none = { file_name: null, file_url: null, metadata: {} };
  return { id: c.get("deps").newId(), content, ...none, clientId: messageId };
}

/** The client's message and its text, beside what it replaces: of the same requests at the same time one begins. */
async function keyOf(
  c: Context<App>,
  { body, sent }: Conversation,
  stored: StoredUserMessage | undefined,
): Promise<IdempotencyKey> {
  const named = [body.id ?? null, sent.messageId, sent.text, stored?.id ?? null];
  const key = await sha256OfText(JSON.stringify(named));
  return { id: c.get("deps").newId(), route: `POST ${c.get("route")}`, key, fingerprint: key };
}
