/** A person's authenticator app. */
import { expect, inject } from "vitest";
import { TOTP } from "otpauth";
import { createSealedBoxes } from "../../src/features/auth/sealed-boxes.ts";
import { type ApiResponse, anonymous, type SignedIn } from "./client.ts";
import { query } from "./postgres.ts";

export type App = {
  secret: string;
  recoveryCodes: string[];
  /** The code of the current time step, or of one after or before it. */
  code: (steps?: number) => string;
};

/** Enables the second factor; the app's codes are as if none had been used. */
export async function enrol(person: SignedIn): Promise<App> {
  const begun = await person.post("/auth/totp", { password: person.password });
  expect(begun.status, JSON.stringify(begun.body)).toBe(200);
  const app = { secret: begun.body.secret, code: codesOf(begun.body.secret) };
  const confirmed = await person.post("/auth/totp/confirm", { code: app.code() });
  expect(confirmed.status, JSON.stringify(confirmed.body)).toBe(200);
  await forgetCodes(person);
  return { ...app, recoveryCodes: confirmed.body.recovery_codes };
}

export function codesOf(secret: string): App["code"] {
  return (steps = 0) => new TOTP({ secret }).generate({ timestamp: Date.now() + steps * 30_000 });
}

/** As if time had passed: the next code is new again. */
export async function forgetCodes({ user }: SignedIn): Promise<void> {
  await query("UPDATE second_factors SET last_step = NULL WHERE user_id = $1", [user.id]);
}

/** The challenge of a sign-in by password. */
export async function challengeOf({ user, password }: SignedIn, url?: string): Promise<string> {
  const { body } = await anonymous(url).post("/auth/login", { email: user.email, password });
  expect(body.code).toBe("second_factor_required");
  return body.challenge;
}

export async function signInWith(
  person: SignedIn,
  given: { code?: string; recovery_code?: string },
): Promise<ApiResponse> {
  const challenge = await challengeOf(person);
  return anonymous().post("/auth/login/totp", { challenge, ...given });
}

/** The sealed boxes of the Worker, at another time or with another secret. */
export function boxesAt(offsetMs: number, secret = inject("vars").SECRET_KEY ?? "") {
  return createSealedBoxes(secret, () => Date.now() + offsetMs);
}
