import type { Deps } from "../../deps.ts";
import { Problem } from "../../lib/problem.ts";

/**
 * Throws `password_sign_in_off` where the configuration leaves only the identity provider: for every route
 * that takes, changes or resets a password.
 */
export function requirePasswordSignIn({ config }: Pick<Deps, "config">): void {
  if (!config.PASSWORD_SIGN_IN) throw new Problem("password_sign_in_off");
}
