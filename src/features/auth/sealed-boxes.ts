/** The boxes of sign-in, each with a key of its own: what one has sealed opens in no other. */
import { z } from "zod";
import type { Clock } from "../../lib/clock.ts";
import { createSealedBox, createTicketBox, type SealedBox, type TicketBox } from "./sealed-box.ts";

/** A new password has another version, and voids the challenge. */
const SignInChallenge = z.object({ userId: z.string(), passwordVersion: z.int() });

const CHALLENGE_TTL_SECONDS = 5 * 60;

export type SealedBoxes = {
  /** The secrets of authenticator apps, with the id of their account as context. */
  totpSecret: SealedBox;
  challenge: TicketBox<z.infer<typeof SignInChallenge>>;
};

export function createSealedBoxes(secret: string, clock: Clock): SealedBoxes {
  const ticketBox = <T>(purpose: string, schema: z.ZodType<T>, ttlSeconds: number) =>
    createTicketBox(createSealedBox(secret, purpose), schema, ttlSeconds, clock);
  return {
    totpSecret: createSealedBox(secret, "authenticator secret"),
    challenge: ticketBox("sign-in challenge", SignInChallenge, CHALLENGE_TTL_SECONDS),
  };
}
