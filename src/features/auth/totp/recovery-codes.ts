/** One-time codes for those who have lost their authenticator app. */
import { randomBytes } from "../../../lib/ids.ts";
import { sha256OfText } from "../../../lib/sha256.ts";

const COUNT = 10;
const LENGTH = 16;

/** Crockford's Base32: 5 bits a character, none of which looks like another. */
const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";

const RECOVERY_CODE = new RegExp(`^[${ALPHABET}]{${LENGTH}}$`);

/** Ten codes such as `7m2k-9xqd-41vw-hc8t`, of 80 random bits each. */
export function newRecoveryCodes(): string[] {
  return Array.from({ length: COUNT }, newRecoveryCode);
}

function newRecoveryCode(): string {
  const characters = Array.from(randomBytes(LENGTH), (byte) => ALPHABET.charAt(byte % 32));
  return characters.join("").replace(/.{4}(?=.)/g, "$&-");
}

/**
 * The hash that is stored; undefined for what has not the form of a recovery code. Capitals, spaces and
 * hyphens make no difference. Independent of `SECRET_KEY`: the codes survive its change.
 */
export async function hashRecoveryCode(userId: string, code: string): Promise<string | undefined> {
  const characters = code.toLowerCase().replace(/[\s-]/g, "");
  return RECOVERY_CODE.test(characters) ? sha256OfText(`${userId}:${characters}`) : undefined;
}
