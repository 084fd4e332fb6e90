/** The wire format of a family of providers, from its public documentation and reports. */
import type { Parameter } from "../../../src/lib/models.ts";
import type { ProblemCode } from "../../../src/lib/problem.ts";

/** A status and a body, byte for byte. */
export type Wire = { status: number; body: string; headers?: Record<string, string> };

export type Family = {
  name: string;
  /** Where the shapes are documented. */
  source: string;
  /** A streamed answer that says "Hello there". */
  stream: string;
  /** The same without streaming, for a family that does not stream everything. */
  whole?: string;
  /** A whole completion whose content is JSON that names a chat "Deposit return". */
  title: string;
  /** Vectors of two texts; absent where it has none. */
  embeddings?: [body: string];
  /** How it refuses a request with the parameter; absent where it accepts or ignores it. */
  refuses: Partial<Record<Parameter, Wire>>;
  /** Other refusals, and the problem that a client gets. */
  refusals: [what: string, wire: Wire, problem: ProblemCode][];
};

/** Events in the usual framing. */
export function events(...chunks: string[]): string {
  return [...chunks, "[DONE]"].map((chunk) => `data: ${chunk}\n\n`).join("");
}
