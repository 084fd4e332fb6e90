/** The commands of a conversation. */
import { resolvePath } from "../arguments.ts";
import { attachFiles } from "../files/attach.ts";
import { deleteChat, leaveChat, listChats, openChat, renameChat, showMore } from "./chats.ts";
import type { Conversation } from "./conversation.ts";
import { regenerate } from "./messages.ts";
import { search } from "./search.ts";
import { showUsage } from "./usage.ts";

/** "leave" ends the conversation. */
type Command = {
  usage: string;
  about: string;
  run: (conversation: Conversation, given: string) => Promise<"leave" | void>;
};

const COMMANDS: Record<string, Command> = {
  chats: { usage: "/chats", about: "list your chats", run: (of) => listChats(of) },
  more: { usage: "/more", about: "the next page of the list", run: showMore },
  open: {
    usage: "/open N|ID",
    about: "go on in a chat of the list",
    run: async (of, which) =>
      which === "" ? of.screen.note("Give a number of the list, or an id.") : openChat(of, which),
  },
  new: {
    usage: "/new",
    about: "begin a new chat",
    run: async (of) => {
      leaveChat(of);
      of.screen.note("The next message begins a new chat.");
    },
  },
  rename: { usage: "/rename TITLE", about: "rename this chat", run: renameChat },
  delete: { usage: "/delete", about: "delete this chat", run: deleteChat },
  search: { usage: "/search WORDS", about: "find messages and passages", run: search },
  file: { usage: "/file PATH…", about: "attach files to the next message", run: addFiles },
  regenerate: {
    usage: "/regenerate",
    about: "another answer to the last message",
    run: regenerate,
  },
  stop: {
    usage: "/stop",
    about: "stop the running answer, as Ctrl-C does",
    run: async ({ screen }) => screen.note("No answer is running."),
  },
  usage: { usage: "/usage", about: "tokens, costs and budgets", run: showUsage },
  "sign-out": { usage: "/sign-out", about: "end this session, and leave", run: signOut },
  help: { usage: "/help", about: "this list", run: async (of) => showHelp(of) },
  quit: { usage: "/quit", about: "leave (or Ctrl-D)", run: async () => "leave" },
};

/** Runs a line that begins with a slash. */
export async function runCommand(
  conversation: Conversation,
  line: string,
): Promise<"leave" | void> {
  const [, name = "", given = ""] = /^\/(\S*)\s*([\s\S]*)$/.exec(line) ?? [];
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command) return command.run(conversation, given.trim());
  conversation.screen.note(
    `There is no command /${name}; /help lists them. A message that begins with a slash needs a space before it.`,
  );
}

function showHelp({ screen }: Conversation): void {
  for (const { usage, about } of Object.values(COMMANDS)) {
    screen.print(`  ${usage.padEnd(16)}${about}`);
  }
  screen.print("Everything else is a message. A line that ends with \\ goes on in the next one.");
}

async function addFiles(conversation: Conversation, given: string): Promise<void> {
  const paths = splitPaths(given).map(resolvePath);
  if (paths.length === 0) return conversation.screen.note("Give a path: /file PATH…");
  conversation.files.push(...(await attachFiles(conversation, paths)));
  const names = conversation.files.map(({ original_name: name }) => name).join(", ");
  if (names !== "") conversation.screen.note(`The next message brings: ${names}`);
}

/** At white space, except in quotes or behind a backslash. */
function splitPaths(given: string): string[] {
  const parts = given.matchAll(/"([^"]*)"|'([^']*)'|((?:\\ |\S)+)/g);
  return [...parts].map(([, a, b, c]) => a ?? b ?? (c ?? "").replaceAll("\\ ", " "));
}

async function signOut({ session, screen }: Conversation): Promise<"leave" | void> {
  if (session.hasApiKey) return screen.note("An API key is in use: unset INDIFLY_TOKEN.");
  await session.client.signOut();
  screen.note("Signed out.");
  return "leave";
}
