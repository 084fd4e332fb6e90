/** The limits by name, and their figures: `LIMITS` overrides the defaults. */
import { z } from "zod";

const Quota = z.strictObject({
  count: z.int().min(1).max(1_000_000),
  seconds: z
    .int()
    .min(1)
    .max(7 * 24 * 60 * 60),
});

const quotas = (...defaults: z.infer<typeof Quota>[]) =>
  z.array(Quota).min(1).max(5).default(defaults);

const [MINUTE, HOUR, DAY] = [60, 60 * 60, 24 * 60 * 60];

export const Limits = z.strictObject({
  /** Lifts all limits. */
  off: z.boolean().default(false),
  /** Requests of a user. */
  api: quotas({ count: 100, seconds: 10 }),
  /** Turns that a user begins. */
  turns: quotas({ count: 20, seconds: MINUTE }),
  /** Turns of a user that run at the same time. */
  turns_at_once: z.int().min(1).max(1_000).default(3),
  /** Turns of all users that run at the same time. */
  turns_in_all: z.int().min(1).max(100_000).default(2_000),
  /** Files that a user uploads or announces. */
  uploads: quotas({ count: 30, seconds: HOUR }),
  /** Failed sign-ins of an address. */
  sign_in_address: quotas({ count: 10, seconds: MINUTE }, { count: 100, seconds: HOUR }),
  /** Failed sign-ins of an account: the more there were, the longer the delay between two. */
  sign_in_account: quotas(
    { count: 10, seconds: 15 * MINUTE },
    { count: 20, seconds: HOUR },
    { count: 50, seconds: DAY },
  ),
  /** Failed proofs of identity in a session, before a sensitive change. */
  step_up: quotas({ count: 10, seconds: 15 * MINUTE }, { count: 20, seconds: HOUR }),
  /** Registrations, and requests for mail, of an address. */
  mail: quotas({ count: 30, seconds: HOUR }),
});

export type Limits = z.infer<typeof Limits>;

export type LimitName = Exclude<keyof Limits, "off" | "turns_at_once" | "turns_in_all">;

/** The coarse filter of the platform, per address and location: the figures of `wrangler.toml`. */
export const COARSE = { count: 3_000, seconds: 60 } as const;
