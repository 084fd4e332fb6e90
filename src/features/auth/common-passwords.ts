/** The most common leaked passwords of eight characters or more. */
import { decodeHashes, hashOf, holds } from "./hash-list.ts";

/** Loaded and decoded when the first password is set: most isolates never need it. */
const decoded: { list?: Uint32Array } = {};

/** True for a common password; `folded` is its NFC in lower case. */
export async function isCommonPassword(folded: string): Promise<boolean> {
  decoded.list ??= decodeHashes((await import("./common-passwords.json")).hashes);
  return holds(decoded.list, hashOf(folded));
}
