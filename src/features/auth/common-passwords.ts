/** The most common leaked passwords of eight characters or more. */
import { hashes } from "./common-passwords.json";
import { decodeHashes, hashOf, holds } from "./hash-list.ts";

/** Decoded when the first password is set: most isolates never need it. */
const decoded: { list?: Uint32Array } = {};

/** True for a common password; `folded` is its NFC in lower case. */
export function isCommonPassword(folded: string): boolean {
  decoded.list ??= decodeHashes(hashes);
  return holds(decoded.list, hashOf(folded));
}
