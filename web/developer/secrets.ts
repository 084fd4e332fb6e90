/** What the developer's view never keeps. */

/** Bodies there hold passwords, codes, tickets and keys. */
const SECRET_PATHS = /^\/(auth|users\/me|ws\/tickets)(\/|$)/;
const SECRET_HEADERS = new Set(["authorization", "cookie", "set-cookie"]);
/** A signed URL of the bucket, in a text or in JSON. */
const SIGNATURE = /(X-Amz-(?:Signature|Credential|Security-Token)=)[^&"\s]+/gi;

/** True where neither body may be kept. */
export function hasSecretBodies(path: string): boolean {
  return SECRET_PATHS.test(path);
}

/** The headers that may be shown. */
export function publicHeaders(headers: Headers): [string, string][] {
  return [...headers].filter(([name]) => !SECRET_HEADERS.has(name.toLowerCase()));
}

/** The text without signatures, which open files to whoever has them. */
export function withoutSignatures(text: string): string {
  return text.replaceAll(SIGNATURE, "$1…");
}
