/**
 * Encrypts what the product gives away or stores and later takes back: AES-256-GCM (NIST SP 800-38D) with
 * a key per purpose, derived from the secret by HKDF-SHA256 (RFC 5869).
 */
import { z } from "zod";
import { concatBytes, decodeUtf8, encodeUtf8, fromBase64, toBase64Url } from "../../lib/bytes.ts";
import type { Clock } from "../../lib/clock.ts";
import { randomBytes } from "../../lib/ids.ts";

/** A text that was sealed with one context opens only with the same one. */
export type SealedBox = {
  /** Base64url. */
  seal(text: string, context?: string): Promise<string>;
  /** Undefined for what this box has not sealed. */
  open(sealed: string, context?: string): Promise<string | undefined>;
};

/** A sealed value that expires. */
export type TicketBox<T> = {
  issue(value: T): Promise<string>;
  /** Undefined for what this box has not issued, or has issued too long ago. */
  read(ticket: string): Promise<T | undefined>;
};

const NONCE_BYTES = 12;
const ALGORITHM = "AES-GCM";

/** The key is derived on first use. */
export function createSealedBox(secret: string, purpose: string): SealedBox {
  let derived: Promise<CryptoKey> | undefined;
  const key = () => (derived ??= deriveKey(secret, purpose));
  return {
    seal: async (text, context = "") => {
      const nonce = randomBytes(NONCE_BYTES);
      const settings = { name: ALGORITHM, iv: nonce, additionalData: encodeUtf8(context) };
      const sealed = await crypto.subtle.encrypt(settings, await key(), encodeUtf8(text));
      return toBase64Url(concatBytes([nonce, new Uint8Array(sealed)]));
    },
    open: async (sealed, context = "") => openWith(await key(), fromBase64(sealed), context),
  };
}

async function openWith(
  key: CryptoKey,
  bytes: Uint8Array | undefined,
  context: string,
): Promise<string | undefined> {
  if (!bytes || bytes.byteLength <= NONCE_BYTES) return undefined;
  const iv = bytes.slice(0, NONCE_BYTES);
  const settings = { name: ALGORITHM, iv, additionalData: encodeUtf8(context) };
  try {
    const text = await crypto.subtle.decrypt(settings, key, bytes.slice(NONCE_BYTES));
    return decodeUtf8(new Uint8Array(text));
  } catch {
    return undefined;
  }
}

/** A box of values that `schema` describes and that are valid for `ttlSeconds`. */
export function createTicketBox<T>(
  box: SealedBox,
  schema: z.ZodType<T>,
  ttlSeconds: number,
  clock: Clock,
): TicketBox<T> {
  const Ticket = z.object({ value: schema, expires: z.number() });
  return {
    issue: (value) => box.seal(JSON.stringify({ value, expires: clock() + ttlSeconds * 1000 })),
    read: async (ticket) => {
      const text = await box.open(ticket);
      if (text === undefined) return undefined;
      const parsed = Ticket.safeParse(JSON.parse(text));
      return parsed.success && parsed.data.expires > clock() ? parsed.data.value : undefined;
    },
  };
}

async function deriveKey(secret: string, purpose: string): Promise<CryptoKey> {
  const input = await crypto.subtle.importKey("raw", encodeUtf8(secret), "HKDF", false, [
    "deriveKey",
  ]);
  const salt = encodeUtf8("indifly");
  return crypto.subtle.deriveKey(
    { name: "HKDF", hash: "SHA-256", salt, info: encodeUtf8(purpose) },
    input,
    { name: ALGORITHM, length: 256 },
    false,
    ["encrypt", "decrypt"],
  );
}
