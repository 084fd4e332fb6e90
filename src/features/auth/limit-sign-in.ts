/** Slows down whoever guesses passwords or codes. */
import type { Context } from "hono";
import { addressOf, isGuess, limitFailures } from "../../http/rate-limit.ts";
import type { App } from "../../http/router.ts";
import { Problem } from "../../lib/problem.ts";
import { sha256OfText } from "../../lib/sha256.ts";
import { toEmailKey } from "./email.ts";
import { findDevice, rememberDevice } from "./known-device.ts";

/**
 * Runs an attempt to sign in to the account with this address, whether it exists or not, and remembers the device
 * where it succeeds. Wrong guesses count for the client's address and for the account; on a known device, only
 * for the device. Throws `rate_limited` or `limiter_unavailable` before anything is looked up.
 */
export async function limitSignIn<T>(
  c: Context<App>,
  email: string,
  attempt: () => Promise<T>,
): Promise<T> {
  const device = await findDevice(c, email);
  const byDevice = [{ limit: "sign_in_account", key: `device:${device}` } as const];
  const account = await sha256OfText(toEmailKey(email));
  const byAll = [
    { limit: "sign_in_address", key: addressOf(c) },
    { limit: "sign_in_account", key: `account:${account}` },
  ] as const;
  const result = await limitFailures(c, device ? byDevice : byAll, attempt, isWrong);
  await rememberDevice(c, email);
  return result;
}

function isWrong(error: unknown): boolean {
  return error instanceof Problem && isGuess(error.code);
}
