/** A conversation: line by line, until the person leaves. */
import { ApiError } from "../../clients/ts/src/index.ts";
import { signIn } from "../account/sign-in.ts";
import { describeFailure } from "../failure.ts";
import { Left } from "../input/interrupts.ts";
import type { Lines } from "../input/lines.ts";
import { type Terminal, twice } from "../turns/run-turn.ts";
import { openChat } from "./chats.ts";
import { runCommand } from "./commands.ts";
import { type Conversation, newConversation } from "./conversation.ts";
import { sendMessage } from "./messages.ts";

export type Beginning = { chatId: string | undefined; message: string | undefined };

/** Reads lines until `/quit`, the end of the input, or a second Ctrl-C. Throws `Left` where an answer was left. */
export async function converse(
  terminal: Terminal,
  lines: Lines,
  { chatId, message }: Beginning,
): Promise<void> {
  const conversation = newConversation(terminal, lines);
  terminal.screen.note("Type a message, or /help.");
  if (chatId !== undefined) await attempt(conversation, () => openChat(conversation, chatId));
  let line = message ?? (await nextLine(conversation));
  while (line !== undefined) {
    if ((await attempt(conversation, () => perform(conversation, line ?? ""))) === "leave") return;
    line = await nextLine(conversation);
  }
}

async function perform(conversation: Conversation, line: string): Promise<"leave" | void> {
  if (line.trim() === "") return;
  if (line.startsWith("/")) return runCommand(conversation, line);
  await sendMessage(conversation, line);
}

/** What is refused is no reason to leave. */
async function attempt<T>(conversation: Conversation, task: () => Promise<T>) {
  const { screen, session, lines } = conversation;
  try {
    return await task();
  } catch (error) {
    if (error instanceof Left) throw error;
    screen.note(describeFailure(error, session.url));
    const isOver = error instanceof ApiError && error.status === 401 && !session.hasApiKey;
    if (isOver) await signIn({ session, lines, screen });
    return undefined;
  }
}

/** The next line, with those that it continues in; undefined at the end. */
async function nextLine(conversation: Conversation): Promise<string | undefined> {
  const { lines, screen, interrupts, files } = conversation;
  const warn = () => {
    screen.note("Ctrl-C again leaves, as /quit does.");
    lines.repeatPrompt();
  };
  using _ = interrupts.handle(twice(warn, () => lines.close()));
  let text = await lines.ask(files.length === 0 ? "> " : `[${files.length} attached] > `);
  while (text?.endsWith("\\")) {
    const next = await lines.ask("… ");
    text = `${text.slice(0, -1)}\n${next ?? ""}`;
  }
  return text;
}
