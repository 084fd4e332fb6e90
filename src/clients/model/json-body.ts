/** A JSON body of a provider, bounded: nothing says how much one sends. */
import { readAtMost } from "../../lib/bytes.ts";

/** Several times what the vectors of the largest batch, or the longest answer, take as JSON. */
const LARGEST_BYTES = 16 * 1024 * 1024;

/** Throws a `RangeError` for a body that is too long, and a `SyntaxError` for what is no JSON. */
export async function readJson({ body }: Response): Promise<unknown> {
  const bytes = body ? await readAtMost(body, LARGEST_BYTES) : undefined;
  if (!bytes) throw new RangeError("a provider's response is too large, or has no body");
  return JSON.parse(new TextDecoder().decode(bytes));
}
