/** What a family of providers puts on the wire, written after its public documentation and reports. */
import type { Parameter } from "../../../src/lib/models.ts";
import type { ProblemCode } from "../../../src/lib/problem.ts";

/** A status and a body, as its bytes are. */
export type Wire = { status: number; body: string; headers?: Record<string, string> };

export type Family = {
  name: string;
  /** Where the shapes are documented. */
  source: string;
  /** A streamed answer that says "Hello there". */
  stream: string;
  /** The same in one piece, of a family that does not stream everything. */
  whole?: string;
  /** A whole completion whose content is JSON that names a chat "Deposit return". */
  title: string;
  /** Vectors of two texts; absent where it has none. */
  embeddings?: [body: string];
  /** How it refuses a request that has the parameter; absent where it takes it, or ignores it. */
  refuses: Partial<Record<Parameter, Wire>>;
  /** What else it refuses, and what that is to a client. */
  refusals: [what: string, wire: Wire, problem: ProblemCode][];
};

/** Events as most send them. */
export function events(...chunks: string[]): string {
  return [...chunks, "[DONE]"].map((chunk) => `data: ${chunk}\n\n`).join("");
}
