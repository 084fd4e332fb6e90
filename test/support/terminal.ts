/** `npm run chat` as a child process: its lines come from a pipe, its tokens lie in a folder of the test's own. */
import { spawn } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { makeFolder } from "../../local/scratch.ts";
import { type SignedIn, workerUrl } from "./client.ts";
import { tokensOf } from "./typed-client.ts";
import { until } from "./until.ts";

const CHAT = join(import.meta.dirname, "..", "..", "terminal", "chat.js");

/** The time for a test that starts several processes, on a busy machine. */
export const TERMINAL_MS = 90_000;

export type RunningTerminal = {
  /** Types a line. */
  say: (line: string) => void;
  /** Ends the input. */
  end: () => void;
  /** Standard output so far. */
  out: () => string;
  /** Standard error so far: prompts, progress, failures. */
  notes: () => string;
  /** Waits until one of both contains a text. */
  shows: (text: string) => Promise<void>;
  interrupt: () => void;
  /** Its exit code. */
  exited: Promise<number | null>;
};

export type Home = AsyncDisposable & {
  path: string;
  /** Where the tokens for a server are kept. */
  tokensOf: (url: string) => string;
  start: (args?: string[], options?: Options) => RunningTerminal;
};

type Options = { url?: string | undefined; env?: Record<string, string> };

/** A person's configuration folder, and terminals that use it. */
export async function makeHome(): Promise<Home> {
  const folder = await makeFolder("terminal");
  return {
    path: folder.path,
    tokensOf: (url) => join(folder.path, "indifly-chat", `${encodeURIComponent(url)}.json`),
    start: (args = [], options = {}) => startTerminal(folder.path, args, options),
    [Symbol.asyncDispose]: folder.remove,
  };
}

/** What a person types to sign in. */
export function signInLines({ user, password }: Pick<SignedIn, "user" | "password">): string[] {
  return [user.email, password];
}

/** The home of somebody who has signed in there before. */
export async function homeOf(person: SignedIn, url = workerUrl): Promise<Home> {
  const home = await makeHome();
  const { id, email } = person.user;
  const path = home.tokensOf(url);
  await mkdir(dirname(path));
  await writeFile(path, JSON.stringify({ userId: id, email, tokens: tokensOf(person) }));
  return home;
}

/** Control characters but for line feeds and tabs. */
// oxlint-disable-next-line no-control-regex -- They are what it looks for.
export const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;

function startTerminal(folder: string, args: string[], options: Options): RunningTerminal {
  const { url = workerUrl, env = {} } = options;
  const child = spawn(process.execPath, [CHAT, "--url", url, ...args], {
    cwd: folder,
    env: { XDG_CONFIG_HOME: folder, HOME: folder, INDIFLY_KEYRING: "off", ...env },
  });
  const [out, notes] = [collect(child.stdout), collect(child.stderr)];
  // Whoever has ended reads no more.
  child.stdin.on("error", () => undefined);
  return {
    say: (line) => void child.stdin.write(`${line}\n`),
    end: () => void child.stdin.end(),
    out,
    notes,
    shows: async (text) => {
      const isShown = async () => out().includes(text) || notes().includes(text);
      await until(isShown).catch(() => {
        throw new Error(`"${text}" is not shown, but:\n${out()}\n${notes()}`);
      });
    },
    interrupt: () => void child.kill("SIGINT"),
    exited: new Promise((resolve) => child.once("close", resolve)),
  };
}

function collect(stream: NodeJS.ReadableStream): () => string {
  let text = "";
  stream.setEncoding("utf8");
  stream.on("data", (chunk: string) => (text += chunk));
  return () => text;
}
