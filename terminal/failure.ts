/** Failures as sentences for the person, and as exit codes for a script. */
import { ApiError } from "../clients/ts/src/index.ts";
import { UsageError } from "./arguments.ts";
import { Interrupted } from "./input/interrupts.ts";

export const EXIT = {
  answered: 0,
  failed: 1,
  usage: 2,
  notSignedIn: 3,
  unreachable: 4,
  limited: 5,
  interrupted: 130,
} as const;

/** A sentence, with what to do. */
export function describeFailure(error: unknown, url: string): string {
  if (error instanceof ApiError) return describeProblem(error);
  if (isUnreachable(error)) {
    return (
      `The server at ${url} cannot be reached (${reasonOf(error)}). ` +
      "Start it with npm run dev, or name another one with --url."
    );
  }
  if (error instanceof SyntaxError) return `What responds at ${url} is not the chat API.`;
  return error instanceof Error ? error.message : String(error);
}

export function exitCodeOf(error: unknown): number {
  if (error instanceof UsageError) return EXIT.usage;
  if (error instanceof Interrupted) return EXIT.interrupted;
  if (error instanceof NotSignedIn) return EXIT.notSignedIn;
  if (isUnreachable(error)) return EXIT.unreachable;
  if (!(error instanceof ApiError)) return EXIT.failed;
  if (error.status === 401) return EXIT.notSignedIn;
  return error.status === 429 ? EXIT.limited : EXIT.failed;
}

/** Nobody is signed in, and nobody can be asked. */
export class NotSignedIn extends Error {
  override name = "NotSignedIn";
}

/** " Try again in 12 s.", or nothing. */
export function retryHint(seconds: number | undefined): string {
  if (seconds === undefined) return "";
  const wait = seconds < 120 ? `${Math.ceil(seconds)} s` : `${Math.ceil(seconds / 60)} min`;
  return ` Try again in ${wait}.`;
}

function describeProblem({ problem, retryAfterMs }: ApiError): string {
  const fields = (problem.errors ?? []).map(({ pointer, detail }) => `\n  ${pointer}: ${detail}`);
  const seconds = retryAfterMs === undefined ? undefined : retryAfterMs / 1_000;
  return problem.detail + retryHint(seconds) + fields.join("");
}

/** As `fetch` and a stream of its report a connection that failed. */
function isUnreachable(error: unknown): error is TypeError {
  return error instanceof TypeError && (error.cause instanceof Error || isCut(error));
}

function isCut({ message }: TypeError): boolean {
  return /^(fetch failed|terminated|The stream ended early|Nothing arrived)/.test(message);
}

function reasonOf({ message, cause }: TypeError): string {
  if (cause instanceof Error && "code" in cause) return String(cause.code);
  return cause instanceof Error && cause.message !== "" ? cause.message : message;
}
