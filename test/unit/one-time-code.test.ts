import { expect, it } from "vitest";
import { findTimeStep, toOtpauthUrl } from "../../src/features/auth/totp/one-time-code.ts";
import { hashRecoveryCode, newRecoveryCodes } from "../../src/features/auth/totp/recovery-codes.ts";

/** "12345678901234567890", the secret of RFC 6238, appendix B. */
const SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

/** Seconds and code: the last six of the eight digits there. */
const VECTORS: [number, string][] = [
  [59, "287082"],
  [1111111109, "081804"],
  [1111111111, "050471"],
  [1234567890, "005924"],
  [2000000000, "279037"],
  [20000000000, "353130"],
];

const at = (seconds: number) => new Date(seconds * 1000);

it("accepts the codes of RFC 6238 in their own step, the one before and the one after", async () => {
  for (const [seconds, code] of VECTORS) {
    const step = Math.floor(seconds / 30);
    for (const drift of [-30, 0, 30]) {
      expect(await findTimeStep(SECRET, code, at(seconds + drift))).toBe(step);
    }
    expect(await findTimeStep(SECRET, code, at(seconds + 90))).toBeUndefined();
    expect(await findTimeStep(SECRET, code, at(seconds - 60))).toBeUndefined();
  }
});

it("refuses what is no code", async () => {
  for (const code of ["", "28708", "2870822", "287 082", "28708a", "２８７０８２", "-87082"]) {
    expect(await findTimeStep(SECRET, code, at(59))).toBeUndefined();
  }
});

it("describes the secret in the URI that authenticator apps read", async () => {
  const url = new URL(await toOtpauthUrl(SECRET, "ada+law@example.com"));
  expect(url.href).toMatch(/^otpauth:\/\/totp\/Indifly:ada%2Blaw%40example\.com\?/);
  expect(Object.fromEntries(url.searchParams)).toEqual({
    issuer: "Indifly",
    secret: SECRET,
    algorithm: "SHA1",
    digits: "6",
    period: "30",
  });
});

it("reads a recovery code in whatever spelling, for its own account alone", async () => {
  const codes = newRecoveryCodes();
  expect(new Set(codes).size).toBe(10);
  for (const code of codes) {
    expect(code).toMatch(/^[0-9a-z]{4}(-[0-9a-z]{4}){3}$/);
    const hash = await hashRecoveryCode("one", code);
    expect(await hashRecoveryCode("one", ` ${code.toUpperCase().replaceAll("-", " ")} `)).toBe(
      hash,
    );
    expect(await hashRecoveryCode("other", code)).not.toBe(hash);
  }
  for (const text of ["", "123456", codes[0]?.slice(1), `${codes[0]}0`]) {
    expect(await hashRecoveryCode("one", text ?? "")).toBeUndefined();
  }
});
