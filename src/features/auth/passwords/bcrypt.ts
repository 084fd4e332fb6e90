/** Verifies bcrypt hashes of an older system. The only file that knows bcryptjs. */
import { utf8Length } from "../../../lib/bytes.ts";

/** `$2a$`, `$2b$` and `$2y$` are one algorithm; `$2x$` marks hashes of a faulty one. */
const BCRYPT = /^\$2[aby]\$(\d\d)\$[./A-Za-z0-9]{53}$/;

/** Each step doubles the time. Twelve take about as long as three hashes of our own. */
const COSTS = { lowest: 4, highest: 12 } as const;

const COUNTED_BYTES = 72;

/** True for a hash of bcrypt whose cost is affordable. */
export function isBcrypt(stored: string): boolean {
  const cost = Number(BCRYPT.exec(stored)?.[1]);
  return cost >= COSTS.lowest && cost <= COSTS.highest;
}

/**
 * True when the password matches. As in the older system, only its first 72 bytes count, as they were typed; what
 * another keyboard composes is tried second.
 */
export async function verifyBcrypt(
  password: string,
  stored: string,
  keepAlive: () => void,
): Promise<boolean> {
  if (await compare(password, stored, keepAlive)) return true;
  const composed = password.normalize("NFC");
  return composed !== password && compare(composed, stored, keepAlive);
}

/** True when bcrypt ignores the end of the password: what was typed there is not verified. */
export function exceedsBcrypt(password: string): boolean {
  return utf8Length(password) > COUNTED_BYTES;
}

/** Few accounts still have such a hash, so the library is loaded when the first of them signs in. */
async function compare(password: string, stored: string, keepAlive: () => void): Promise<boolean> {
  const bcrypt = await import("bcryptjs");
  return new Promise((resolve, reject) => {
    const done = (error: Error | null, matches = false) =>
      error ? reject(error) : resolve(matches);
    bcrypt.compare(password, stored, done, keepAlive);
  });
}
