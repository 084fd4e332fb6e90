/** What may happen to one request on its way to an upstream, or to its response on the way back. */
import type { Random } from "./random.ts";

export type Fault =
  /** The connection is closed before the request takes effect. */
  | { kind: "refuse" }
  /** Silence, and then the connection is closed. */
  | { kind: "stall"; ms: number }
  /** It takes effect later. */
  | { kind: "delay"; ms: number }
  /** A proxy answers instead of the upstream. */
  | { kind: "status"; status: number }
  /** It took effect, but its response is cut after this many bytes. */
  | { kind: "cut"; afterBytes: number }
  /** It took effect, but the response is lost; `onDone` is called before the client knows that. */
  | { kind: "swallow"; onDone?: () => void }
  /** It took effect, but one byte of its response is corrupted. */
  | { kind: "corrupt"; atByte: number }
  /** It takes effect twice, one after the other. */
  | { kind: "duplicate" }
  /** An error of Postgres or of Neon's proxy instead of its effect, or, after it, instead of its response. */
  | { kind: "sql_error"; isDone: boolean; status: number; code: string };

/** True where the client gets the upstream's own response all the same. */
export function isAnswered({ kind }: Fault): boolean {
  return kind === "delay" || kind === "duplicate";
}

const STATUSES = [429, 500, 502, 503];
const LONGEST_MS = 500;
/** About the length of the responses that faults should hit. */
const LAST_BYTE = 3_000;

/** No connection to Postgres, one that was lost, a server that stops, a cancelled statement, a deadlock. */
const NOT_DONE = ["", "08006", "08P01", "57P01", "57014", "53300", "40P01"];
/** The outcome is unknown: the connection was lost at COMMIT, or the proxy was stopped. */
const MAYBE_DONE = ["", "08006", "08P01"];

/** An error in Neon's format, before or after the call took effect. */
export function randomSqlError(random: Random): Fault {
  const isDone = random.chance(0.5);
  if (random.chance(0.2))
    return { kind: "sql_error", isDone, status: random.pick([500, 507]), code: "" };
  return {
    kind: "sql_error",
    isDone,
    status: 400,
    code: random.pick(isDone ? MAYBE_DONE : NOT_DONE),
  };
}

/** Any network fault, all kinds equally likely. */
export function randomFault(random: Random): Fault {
  const ms = random.below(LONGEST_MS);
  return random.pick<Fault>([
    { kind: "refuse" },
    { kind: "stall", ms },
    { kind: "delay", ms },
    { kind: "status", status: random.pick(STATUSES) },
    { kind: "cut", afterBytes: random.below(LAST_BYTE) },
    { kind: "swallow" },
    { kind: "corrupt", atByte: random.below(LAST_BYTE) },
    { kind: "duplicate" },
  ]);
}
