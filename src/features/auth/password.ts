/**
 * Hashes and verifies passwords. The only file that knows @noble/hashes.
 *
 * @see RFC 9106 Argon2; OWASP Password Storage Cheat Sheet (m=19456, t=2, p=1)
 */
import { fromBase64, toBase64 } from "../../lib/bytes.ts";
import { logError } from "../../lib/log.ts";
import type { HashQueue } from "./hash-queue.ts";
import { exceedsBcrypt, isBcrypt, verifyBcrypt } from "./passwords/bcrypt.ts";

export type Passwords = {
  /** Returns a PHC string. */
  hash(password: string): Promise<string>;
  /**
   * True when the password matches the stored hash, a PHC string or one of bcrypt; false for an account without a
   * password.
   */
  verify(password: string, stored: string | null): Promise<boolean>;
  /**
   * True for a hash to replace by a new one of the verified password: it has another cost, or is of bcrypt and covers
   * the whole password.
   */
  isOutdated(password: string, stored: string): boolean;
  /** Takes as long as a verification, so that response times do not reveal unknown accounts. */
  verifyNothing(password: string): Promise<false>;
};

type Cost = { m: number; t: number; p: number; dkLen: number };
type StoredHash = { cost: Cost; salt: Uint8Array; hash: Uint8Array };

const COST: Cost = { m: 19_456, t: 2, p: 1, dkLen: 32 };
const SALT_BYTES = 16;

/**
 * How long a hash runs before it yields to other requests. The library measures with the wall clock,
 * which Cloudflare stops while code runs: there a hash does not yield, and others are served in the pause
 * between two hashes.
 */
const SLICE_MS = 10;

const PHC =
  /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{22,86})$/;

/** The highest cost of a stored hash, memory in KiB: more would crash the isolate. */
const LIMITS = { mostMemory: 65_536, mostWork: 4 * 65_536, mostLanes: 4 } as const;

/**
 * Hashes and verifies passwords through the queue. Each call throws `too_many_password_checks` when the
 * queue is full.
 */
export function createPasswords(queue: HashQueue): Passwords {
  const digest = (password: string, salt: Uint8Array, cost: Cost) =>
    queue.run(async (onProgress) => {
      const { argon2idAsync } = await import("@noble/hashes/argon2.js");
      return argon2idAsync(normalize(password), salt, { ...cost, asyncTick: SLICE_MS, onProgress });
    });
  const verifyNothing = async (password: string): Promise<false> => {
    await digest(password, new Uint8Array(SALT_BYTES), COST);
    return false;
  };
  return {
    hash: async (password) => {
      const salt = crypto.getRandomValues(new Uint8Array(SALT_BYTES));
      return toPhc(salt, await digest(password, salt, COST));
    },
    verify: async (password, stored) => {
      if (stored === null) return verifyNothing(password);
      if (isBcrypt(stored)) {
        return queue.run((keepAlive) => verifyBcrypt(password, stored, keepAlive));
      }
      const parsed = parsePhc(stored);
      if (!parsed) return refuseStored(() => verifyNothing(password));
      return equalInConstantTime(await digest(password, parsed.salt, parsed.cost), parsed.hash);
    },
    isOutdated: (password, stored) => {
      if (isBcrypt(stored)) return !exceedsBcrypt(password);
      const { m, t, p, dkLen } = parsePhc(stored)?.cost ?? {};
      return m !== COST.m || t !== COST.t || p !== COST.p || dkLen !== COST.dkLen;
    },
    verifyNothing,
  };
}

function toPhc(salt: Uint8Array, hash: Uint8Array): string {
  return `$argon2id$v=19$m=${COST.m},t=${COST.t},p=${COST.p}$${toBase64(salt)}$${toBase64(hash)}`;
}

/** Parses a PHC string; undefined when it is not argon2id, or would cost too much to verify. */
function parsePhc(phc: string): StoredHash | undefined {
  const [, m, t, p, salt, hash] = PHC.exec(phc) ?? [];
  const saltBytes = salt && fromBase64(salt);
  const hashBytes = hash && fromBase64(hash);
  if (!saltBytes || !hashBytes) return undefined;
  const cost = { m: Number(m), t: Number(t), p: Number(p), dkLen: hashBytes.byteLength };
  return isAffordable(cost) ? { cost, salt: saltBytes, hash: hashBytes } : undefined;
}

function isAffordable({ m, t, p }: Cost): boolean {
  if (t < 1 || p < 1 || p > LIMITS.mostLanes) return false;
  // RFC 9106 section 3.1: at least 8 KiB a lane.
  return m >= 8 * p && m <= LIMITS.mostMemory && m * t <= LIMITS.mostWork;
}

/** Nobody can sign in with such a hash, so an operator should know. Never log the hash. */
function refuseStored(verifyNothing: () => Promise<false>): Promise<false> {
  logError("stored_password_hash_refused");
  return verifyNothing();
}

/** Keyboards produce different forms of the same characters. */
function normalize(password: string): string {
  return password.normalize("NFC");
}

function equalInConstantTime(a: Uint8Array, b: Uint8Array): boolean {
  let difference = a.byteLength ^ b.byteLength;
  for (const [index, byte] of a.entries()) difference |= byte ^ (b[index] ?? 0);
  return difference === 0;
}
