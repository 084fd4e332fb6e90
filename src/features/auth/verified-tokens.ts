/** Remembers access tokens that were verified: a client sends the same one with each request, for a quarter of an hour. */
import type { AccessClaims } from "./tokens.ts";

const MOST_KEPT = 1_000;

export class VerifiedTokens {
  /** By the token, the oldest first. */
  readonly #known = new Map<string, { claims: AccessClaims; expiresAt: number }>();

  /** The claims of a token that has not expired at that time, in seconds since the epoch; undefined where it is not known. */
  find(token: string, atSeconds: number): AccessClaims | undefined {
    const known = this.#known.get(token);
    if (!known || known.expiresAt > atSeconds) return known?.claims;
    this.#known.delete(token);
    return undefined;
  }

  /** `expiresAt`: in seconds since the epoch. The oldest one is forgotten for it. */
  keep(token: string, claims: AccessClaims, expiresAt: number): void {
    this.#known.set(token, { claims, expiresAt });
    const [oldest] = this.#known.size > MOST_KEPT ? this.#known.keys() : [];
    if (oldest !== undefined) this.#known.delete(oldest);
  }
}
