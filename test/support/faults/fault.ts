/** What may happen to one request on its way to an upstream, or to its answer on the way back. */
import type { Random } from "./random.ts";

export type Fault =
  /** The connection is closed before anything happens. */
  | { kind: "refuse" }
  /** Silence, and then the connection is closed. */
  | { kind: "stall"; ms: number }
  /** It happens later. */
  | { kind: "delay"; ms: number }
  /** Something in between answers in the upstream's place. */
  | { kind: "status"; status: number }
  /** It happened, but its answer ends after so many bytes. */
  | { kind: "cut"; afterBytes: number }
  /** It happened, but nobody is told; `onDone` is called before the client knows that. */
  | { kind: "swallow"; onDone?: () => void }
  /** It happened, but a byte of its answer is no longer what it was. */
  | { kind: "corrupt"; atByte: number }
  /** It happens twice, one after the other. */
  | { kind: "duplicate" }
  /** An error of Postgres or of Neon's proxy in place of its happening, or, once it has, of its response. */
  | { kind: "sql_error"; isDone: boolean; status: number; code: string };

/** True where whoever asked gets the upstream's own answer all the same. */
export function isAnswered({ kind }: Fault): boolean {
  return kind === "delay" || kind === "duplicate";
}

const STATUSES = [429, 500, 502, 503];
const LONGEST_MS = 500;
/** About as long as the answers are that faults shall hit. */
const LAST_BYTE = 3_000;

/** No connection to Postgres, one that was lost, a server that stops, a statement cancelled, a deadlock. */
const NOT_DONE = ["", "08006", "08P01", "57P01", "57014", "53300", "40P01"];
/** Its end is not known: the connection was lost at COMMIT, or the proxy was stopped. */
const MAYBE_DONE = ["", "08006", "08P01"];

/** An error as Neon words it, before or after it has happened. */
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

/** Any fault of a network, each kind as likely as another. */
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
