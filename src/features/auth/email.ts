/**
 * Parses e-mail addresses, and normalises them for comparison.
 *
 * @see RFC 5321 section 4.1.2 (ASCII), RFC 6531 section 3.3 (other scripts), UTS 46 (domains)
 */
import { utf8Length } from "../../lib/bytes.ts";

/** `shown` is what the user typed, trimmed; two addresses with one `key` are the same. */
type EmailAddress = { shown: string; key: string };

const LONGEST_BYTES = 254;
const LONGEST_LOCAL_BYTES = 64;

/** The longest input that is parsed, white space included. */
export const LONGEST_TYPED = 1_000;

/**
 * Dot-atom of RFC 5321, and the visible characters of RFC 6531 with the joiners that some scripts need.
 */
const LOCAL =
  /^(?:[\w!#$%&'*+/=?^`{|}~-]|(?!\p{ASCII})[\p{L}\p{M}\p{N}\p{P}\p{S}\u200c\u200d])+(?:\.(?:[\w!#$%&'*+/=?^`{|}~-]|(?!\p{ASCII})[\p{L}\p{M}\p{N}\p{P}\p{S}\u200c\u200d])+)*$/u;

/** At least two labels, the last one not a number: a host name, not an IP address. */
const HOST = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])$/;

/** Characters that end the host of a URL, or are decoded in it. */
const NO_HOST = /[\s\p{Cc}@:/?#[\]\\%]/u;

/** Parses an address; undefined if the text is not one. */
export function parseEmail(text: string): EmailAddress | undefined {
  if (text.length > LONGEST_TYPED) return undefined;
  const shown = trimInvisible(text).normalize("NFC");
  const at = shown.lastIndexOf("@");
  const local = toLocalKey(shown.slice(0, at));
  const host = toHost(shown.slice(at + 1));
  if (at < 1 || local === undefined || host === undefined) return undefined;
  const key = `${local}@${host}`;
  const isShort = utf8Length(shown) <= LONGEST_BYTES && utf8Length(key) <= LONGEST_BYTES;
  return isShort ? { shown, key } : undefined;
}

/** The comparison key of a text that should be an address; of invalid ones, the text in lower case. */
export function toEmailKey(text: string): string {
  return parseEmail(text)?.key ?? trimInvisible(text).toLowerCase();
}

/** The address for mail servers: the local part as it was typed, the domain in ASCII. */
export function toDeliveryAddress(email: string): string {
  const at = email.lastIndexOf("@");
  const host = toHost(email.slice(at + 1));
  return host === undefined ? email : `${email.slice(0, at)}@${host}`;
}

/** The local part in compatibility form and lower case; undefined unless it is valid in both forms. */
function toLocalKey(local: string): string | undefined {
  const key = local.normalize("NFKC").toLowerCase().normalize("NFKC");
  // Final sigma is the same letter.
  const folded = key.replace(/[\u200c\u200d]/g, "").replaceAll("ς", "σ");
  const isLocal = LOCAL.test(local) && LOCAL.test(folded);
  return isLocal && utf8Length(local) <= LONGEST_LOCAL_BYTES ? folded : undefined;
}

/** The domain in ASCII, as the URL standard makes it: lower case, other scripts as Punycode. */
function toHost(domain: string): string | undefined {
  if (domain === "" || NO_HOST.test(domain)) return undefined;
  try {
    const { hostname } = new URL(`http://${domain}`);
    return HOST.test(hostname) ? hostname : undefined;
  } catch {
    return undefined;
  }
}

/** Removes white space and format characters at both ends: copying text often includes them. */
function trimInvisible(text: string): string {
  const characters = Array.from(text);
  return characters
    .slice(characters.findIndex(isVisible), characters.findLastIndex(isVisible) + 1)
    .join("");
}

function isVisible(character: string): boolean {
  return !/^[\s\p{Cf}]$/u.test(character);
}
