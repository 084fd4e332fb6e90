/** What the command line asks for. */
import { resolve } from "node:path";
import { parseArgs } from "node:util";

export type Arguments = {
  /** Of the API, without a slash at its end. */
  url: string;
  /** To be answered at once; undefined for a conversation. */
  message: string | undefined;
  chatId: string | undefined;
  files: string[];
  isJson: boolean;
  isInteractive: boolean;
  wantsHelp: boolean;
};

export const USAGE = `Usage: npm run chat -- [options] [message]

Without a message a conversation begins, or the message is read from a pipe.
In a script, npm run --silent chat -- "message" prints the answer alone.

  --url URL        the server (default: INDIFLY_URL, or http://localhost:8787)
  --chat ID        go on in this chat
  --file PATH      attach a file to the message; may be repeated
  --json           print the events of the answer, one JSON object per line
  -i               a conversation, even if the input is a pipe
  -h, --help       this text

INDIFLY_TOKEN may have an API key (ifk_…), in place of a sign-in.
Exit codes: 0 answered, 1 failed, 2 wrong usage, 3 not signed in, 4 server
unreachable, 5 a limit is reached, 130 stopped by Ctrl-C.`;

const DEFAULT_URL = "http://localhost:8787";

/** What was typed makes no sense; the message says why. */
export class UsageError extends Error {
  override name = "UsageError";
}

/** Throws a `UsageError`. */
export function parseArguments(args: string[], env: NodeJS.ProcessEnv): Arguments {
  const { values, positionals } = parse(args);
  const message = positionals.join(" ");
  return {
    url: toBaseUrl(values.url ?? (env.INDIFLY_URL || DEFAULT_URL)),
    message: message.trim() === "" ? undefined : message,
    chatId: values.chat,
    files: values.file.map(resolvePath),
    isJson: values.json,
    isInteractive: values.interactive,
    wantsHelp: values.help,
  };
}

/** npm runs a script in the folder of the package, and says where the person was. */
export function resolvePath(path: string): string {
  const home = process.env.HOME ?? process.env.USERPROFILE ?? "";
  const absolute = path.startsWith("~/") ? home + path.slice(1) : path;
  return resolve(process.env.INIT_CWD ?? process.cwd(), absolute);
}

function parse(args: string[]) {
  try {
    return parseArgs({ args, options: OPTIONS, allowPositionals: true });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

const OPTIONS = {
  url: { type: "string" },
  chat: { type: "string" },
  file: { type: "string", multiple: true, default: [] as string[] },
  json: { type: "boolean", default: false },
  interactive: { type: "boolean", short: "i", default: false },
  help: { type: "boolean", short: "h", default: false },
} as const;

function toBaseUrl(text: string): string {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new UsageError(`${text} is not a URL of a server, such as ${DEFAULT_URL}.`);
  }
  if (url.username !== "" || url.password !== "") {
    throw new UsageError("The URL contains a password. Sign in instead.");
  }
  return `${url.origin}${url.pathname}`.replace(/\/+$/, "");
}
