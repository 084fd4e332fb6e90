/** Reads a provider's JSON response with a bound on its size. */
import { readAtMost } from "../../lib/bytes.ts";

/** Several times the JSON of the largest embedding batch or the longest answer. */
const LARGEST_BYTES = 16 * 1024 * 1024;

/**
 * The parsed body. Throws a `RangeError` for a missing or too long body, and a `SyntaxError` for invalid
 * JSON.
 */
export async function readJson({ body }: Response): Promise<unknown> {
  const bytes = body ? await readAtMost(body, LARGEST_BYTES) : undefined;
  if (!bytes) throw new RangeError("a provider's response is too large, or has no body");
  return JSON.parse(new TextDecoder().decode(bytes));
}
