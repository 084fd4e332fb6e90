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
  | { kind: "duplicate" };

/** True where whoever asked gets the upstream's own answer all the same. */
export function isAnswered({ kind }: Fault): boolean {
  return kind === "delay" || kind === "duplicate";
}

const STATUSES = [429, 500, 502, 503];
const LONGEST_MS = 500;
/** About as long as the answers are that faults shall hit. */
const LAST_BYTE = 3_000;

/** Any fault, each kind as likely as another. */
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
