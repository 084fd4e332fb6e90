import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isApiKey, keyPrefixOf, toApiKey } from "../../src/features/auth/keys/key-format.ts";

const secrets = fc.uint8Array({ minLength: 32, maxLength: 32 });

describe("an API key", () => {
  it("is one word of the documented form, for any secret", () => {
    fc.assert(
      fc.property(secrets, (secret) => {
        const key = toApiKey(secret);
        expect(key).toMatch(/^ifk_[0-9A-Za-z]{49}$/);
        expect(isApiKey(key)).toBe(true);
        expect(key.startsWith(keyPrefixOf(key))).toBe(true);
      }),
    );
  });

  it("keeps the whole secret: two secrets never give the same key", () => {
    const [lowest, highest] = [new Uint8Array(32), new Uint8Array(32).fill(255)];
    expect(toApiKey(lowest)).not.toBe(toApiKey(highest));
    fc.assert(
      fc.property(secrets, fc.nat(31), (secret, at) => {
        const other = secret.with(at, (secret[at] ?? 0) ^ 1);
        expect(toApiKey(other)).not.toBe(toApiKey(secret));
      }),
    );
  });

  it("is refused with any one character changed", () => {
    const digit = fc.constantFrom("0", "9", "A", "Z", "a", "z", "_", "-", ".", " ");
    fc.assert(
      fc.property(secrets, fc.nat(52), digit, (secret, at, char) => {
        const key = toApiKey(secret);
        const changed = key.slice(0, at) + char + key.slice(at + 1);
        expect(isApiKey(changed)).toBe(changed === key);
      }),
    );
  });

  it("is refused cut, extended, or as any other text", () => {
    const key = toApiKey(new Uint8Array(32).fill(7));
    for (const text of ["", "ifk_", key.slice(0, -1), `${key}0`, ` ${key}`, `${key}\n`]) {
      expect(isApiKey(text)).toBe(false);
    }
    fc.assert(fc.property(fc.string(), (text) => !isApiKey(text)));
  });
});
