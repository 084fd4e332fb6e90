/** Tokens as the Worker makes them, for times that a test cannot wait for. */
import { inject } from "vitest";
import { createTokens, type Tokens } from "../../src/features/auth/tokens.ts";

/** Tokens as the Worker makes them, at another time or with another secret. */
export function tokensAt(offsetMs: number, secret = inject("vars").SECRET_KEY ?? ""): Tokens {
  return createTokens(secret, () => Date.now() + offsetMs);
}
