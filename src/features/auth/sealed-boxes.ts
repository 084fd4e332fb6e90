/** The boxes of sign-in, each with a key of its own: what one has sealed opens in no other. */
import { z } from "zod";
import type { Clock } from "../../lib/clock.ts";
import { createSealedBox, createTicketBox, type SealedBox, type TicketBox } from "./sealed-box.ts";

/** A new password has another version, and voids the challenge. */
const SignInChallenge = z.object({ userId: z.string(), passwordVersion: z.int() });

const CHALLENGE_TTL_SECONDS = 5 * 60;

/** A sign-in through the identity provider, between the two requests of the browser. */
const OidcFlow = z.object({
  state: z.string(),
  nonce: z.string(),
  verifier: z.string(),
  /** Absolute; absent where the client has not asked for any. */
  returnTo: z.string().optional(),
  /** Whether it ends with cookies, or with a code that the client exchanges for tokens. */
  mode: z.enum(["cookie", "code"]),
  /** Of the client's own verifier, where it gave one. */
  codeChallenge: z.string().optional(),
  /** The session whose account the identity is to be linked to, in place of a sign-in. */
  link: z.object({ userId: z.string(), sessionId: z.string() }).optional(),
});

export type OidcFlow = z.infer<typeof OidcFlow>;

export const OIDC_FLOW_TTL_SECONDS = 10 * 60;

export type SealedBoxes = {
  /** The secrets of authenticator apps, with the id of their account as context. */
  totpSecret: SealedBox;
  challenge: TicketBox<z.infer<typeof SignInChallenge>>;
  oidcFlow: TicketBox<OidcFlow>;
};

export function createSealedBoxes(secret: string, clock: Clock): SealedBoxes {
  const ticketBox = <T>(purpose: string, schema: z.ZodType<T>, ttlSeconds: number) =>
    createTicketBox(createSealedBox(secret, purpose), schema, ttlSeconds, clock);
  return {
    totpSecret: createSealedBox(secret, "authenticator secret"),
    challenge: ticketBox("sign-in challenge", SignInChallenge, CHALLENGE_TTL_SECONDS),
    oidcFlow: ticketBox("identity provider flow", OidcFlow, OIDC_FLOW_TTL_SECONDS),
  };
}
