/** A turn for a client of OpenAI's API: in an unlisted chat of its own, or at the end of a chat that it names. */
import type { Context } from "hono";
import type { IdempotencyKey } from "../../db/idempotency-keys.ts";
import type { App } from "../../http/router.ts";
import { toIso } from "../../lib/clock.ts";
import { findModel } from "../../lib/models.ts";
import { invalidField, Problem } from "../../lib/problem.ts";
import { DEFAULT_TITLE } from "../chats/schemas.ts";
import { requestTurn, type TurnInChat } from "../turns/ask.ts";
import type { Wire } from "../turns/wire/wires.ts";
import type { Conversation } from "./conversation.ts";

/** Longer than a client may repeat its request, and attach to the turn. */
const UNKEPT_CHAT_MS = 15 * 60 * 1000;
const MOST_FILES = 20;

type OpenAiTurn = {
  conversation: Conversation;
  /** The chat to continue with the last message alone; undefined for a new one with all of them. */
  chatId: string | undefined;
  /** The answer below which the message comes; the chat's last message if absent. */
  parentId?: string;
  /** True where a new chat is kept. */
  isKept: boolean;
  /** Besides those of the conversation. */
  fileIds: readonly string[];
  model: string | undefined;
  mostTokens: number | undefined;
  metadata: Record<string, unknown>;
  key: IdempotencyKey;
  /** True for the turn's outcome in place of a stream. */
  wait: boolean;
  wire: Wire;
};

/** Throws `model_not_found`, a 422 for too many files, and as `requestTurn` does. */
export async function requestOpenAiTurn(c: Context<App>, turn: OpenAiTurn) {
  const { conversation, model = c.get("deps").config.DEFAULT_MODEL, key, wait, wire } = turn;
  requireModel(c, model);
  const { instructions } = conversation;
  const options = { model, file_ids: filesOf(turn) };
  const request = { options, key, wait, wire, instructions, mostTokens: turn.mostTokens };
  return requestTurn(c, request, () => toTarget(c, turn));
}

/** Throws `model_not_found`. */
function requireModel(c: Context<App>, name: string): void {
  const { DEFAULT_MODEL, MODELS } = c.get("deps").config;
  if (!findModel(name, [DEFAULT_MODEL], MODELS)) throw new Problem("model_not_found");
}

/** The chat to continue has the documents of the messages above in its context already. */
function filesOf({ conversation, chatId, fileIds: named }: OpenAiTurn): string[] | undefined {
  const { fileIds, ownFileIds } = conversation;
  const all = [...new Set([...(chatId === undefined ? fileIds : ownFileIds), ...named])];
  if (all.length > MOST_FILES) {
    const most = `The messages and \`file_ids\` name at most ${MOST_FILES} files together.`;
    throw invalidField("/file_ids", "too_many", most);
  }
  return all.length > 0 ? all : undefined;
}

function toTarget(c: Context<App>, turn: OpenAiTurn): TurnInChat {
  const { newId, clock } = c.get("deps");
  const { conversation, chatId, metadata } = turn;
  const { content } = conversation;
  const ofUser = { content, file_name: null, file_url: null, metadata };
  if (chatId !== undefined) {
    const { parentId } = turn;
    const userMessage = { id: newId(), ...ofUser };
    return { target: "append", chatId, ...(parentId !== undefined && { parentId }), userMessage };
  }
  const expiresAt = turn.isKept ? null : toIso(new Date(clock() + UNKEPT_CHAT_MS));
  const history = conversation.history.map((message) => ({ id: newId(), ...message }));
  return {
    target: "append",
    chatId: newId(),
    newChatTitle: DEFAULT_TITLE,
    unlisted: { history, expiresAt },
    userMessage: { id: newId(), ...ofUser },
  };
}
