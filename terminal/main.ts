/** The terminal: a conversation, or one answer for a script. */
import { text as readText } from "node:stream/consumers";
import { signIn } from "./account/sign-in.ts";
import { type Arguments, parseArguments, USAGE, UsageError } from "./arguments.ts";
import { converse } from "./commands/converse.ts";
import { describeFailure, EXIT, exitCodeOf, NotSignedIn } from "./failure.ts";
import { attachFiles } from "./files/attach.ts";
import { Interrupted, Interrupts } from "./input/interrupts.ts";
import { Lines } from "./input/lines.ts";
import { Screen } from "./output/screen.ts";
import { openSession } from "./session.ts";
import { jsonView, runTurn, type Terminal } from "./turns/run-turn.ts";

/** Resolves to the exit code. */
export async function main(args: string[]): Promise<number> {
  const screen = new Screen(process.stdout, process.stderr);
  // Whoever read the output has gone: `npm run chat … | head -1`.
  process.stdout.on("error", () => process.exit(EXIT.failed));
  let url = "";
  try {
    const parsed = parseArguments(args, process.env);
    url = parsed.url;
    return await run(parsed, screen);
  } catch (error) {
    if (!(error instanceof Interrupted)) screen.note(describeFailure(error, url));
    if (error instanceof UsageError) screen.note("npm run chat -- --help shows how to use it.");
    return exitCodeOf(error);
  }
}

async function run(given: Arguments, screen: Screen): Promise<number> {
  if (given.wantsHelp) {
    screen.print(USAGE);
    return EXIT.answered;
  }
  const interrupts = new Interrupts();
  interrupts.listen();
  const session = openSession(given.url, process.env);
  const terminal = { session, screen, interrupts };
  const isPiped = !process.stdin.isTTY;
  if (given.isInteractive || (given.message === undefined && !isPiped)) {
    return startConversation(terminal, given);
  }
  const message = given.message ?? (await readText(process.stdin)).trim();
  if (message === "") throw new UsageError("There is no message.");
  await signInFirst(terminal, isPiped);
  return answerOnce(terminal, { ...given, message });
}

async function startConversation(terminal: Terminal, given: Arguments): Promise<number> {
  if (given.isJson) throw new UsageError("--json needs a message.");
  const { session, screen, interrupts } = terminal;
  const lines = new Lines(process.stdin, process.stderr, () => interrupts.onKey());
  try {
    if (!isSignedIn(terminal)) await signIn({ session, lines, screen });
    await converse(terminal, lines, given);
    return EXIT.answered;
  } finally {
    lines.close();
  }
}

/** A person is asked; a script has nobody to ask. */
async function signInFirst(terminal: Terminal, isPiped: boolean): Promise<void> {
  if (isSignedIn(terminal)) return;
  if (isPiped) {
    throw new NotSignedIn(
      "Nobody is signed in. Start npm run chat once and sign in, or set INDIFLY_TOKEN to an API key.",
    );
  }
  const { session, screen, interrupts } = terminal;
  const lines = new Lines(process.stdin, process.stderr, () => interrupts.onKey());
  try {
    await signIn({ session, lines, screen });
  } finally {
    lines.close();
  }
}

async function answerOnce(
  terminal: Terminal,
  { message, chatId, files, isJson }: Arguments & { message: string },
): Promise<number> {
  const attached = await attachFiles(terminal, files);
  if (attached.length < files.length) return EXIT.failed;
  const body = {
    content: message,
    ...(chatId !== undefined && { chat_id: chatId }),
    ...(attached.length > 0 && { file_ids: attached.map(({ id }) => id) }),
  };
  const { client } = terminal.session;
  const options = isJson ? { view: jsonView(terminal.screen) } : {};
  const { status } = await runTurn(terminal, (reading) => client.send(body, reading), options);
  if (status === "complete") return EXIT.answered;
  return status === "stopped" ? EXIT.interrupted : EXIT.failed;
}

function isSignedIn({ session }: Terminal): boolean {
  return session.hasApiKey || session.client.isSignedIn;
}
