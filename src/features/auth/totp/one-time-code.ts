/**
 * Time-based one-time passwords. The only file that knows otpauth, which is loaded when somebody uses them.
 *
 * @see RFC 6238 TOTP, with the parameters that every authenticator app supports: SHA-1, 6 digits, 30 s
 */
const ISSUER = "Indifly";

/** As long as the hash (RFC 4226 section 4). */
const SECRET_BYTES = 20;

/** How many steps of 30 s the clocks may differ (RFC 6238 section 5.2). */
const DRIFT_STEPS = 1;

/** A new secret in Base32, as a person may type it. */
export async function newTotpSecret(): Promise<string> {
  const { Secret } = await import("otpauth/slim");
  return new Secret({ size: SECRET_BYTES }).base32;
}

/** The URI that an authenticator app reads from a QR code; `account` is shown there. */
export async function toOtpauthUrl(secret: string, account: string): Promise<string> {
  const { TOTP } = await import("otpauth/slim");
  return new TOTP({ issuer: ISSUER, label: account, secret }).toString();
}

/** The time step that the code belongs to, within the drift; undefined for a wrong code. */
export async function findTimeStep(
  secret: string,
  code: string,
  now: Date,
): Promise<number | undefined> {
  const { TOTP } = await import("otpauth/slim");
  const totp = new TOTP({ secret });
  const timestamp = now.getTime();
  const drift = totp.validate({ token: code, timestamp, window: DRIFT_STEPS });
  return drift === null ? undefined : totp.counter({ timestamp }) + drift;
}
