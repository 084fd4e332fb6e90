import { beforeAll, describe, expect, it } from "vitest";
import { createHashQueue } from "../../src/features/auth/hash-queue.ts";
import { createPasswords } from "../../src/features/auth/password.ts";
import { checkPassword } from "../../src/features/auth/password-policy.ts";
import { Problem } from "../../src/lib/problem.ts";

/** argon2id of "password" under the salt "somesalt", from the reference implementation's own tests. */
const REFERENCE =
  "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";

const queue = createHashQueue(() => Date.now(), {
  capacity: 9,
  pollMs: 1,
  pauseMs: 0,
  abandonedMs: 60_000,
});
const passwords = createPasswords(queue);

describe("a password at rest", () => {
  const password = "Übergrößen 密码";
  let stored: string;
  beforeAll(async () => {
    stored = await passwords.hash(password);
  });

  it("is a PHC string with a salt of its own", async () => {
    expect(stored).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]{22}\$[\w+/]{43}$/);
    expect(await passwords.hash(password)).not.toBe(stored);
  });

  it("is verified again, also as another keyboard composes it", async () => {
    expect(await passwords.verify(password, stored)).toBe(true);
    expect(await passwords.verify(password.normalize("NFD"), stored)).toBe(true);
  });

  it("does not match another one, however similar", async () => {
    for (const other of ["", password.toLowerCase(), `${password} `, password.slice(0, -1)]) {
      expect(await passwords.verify(other, stored), other).toBe(false);
    }
  });

  it("is verified with the cost that it was stored with", async () => {
    expect(await passwords.verify("password", REFERENCE)).toBe(true);
    expect(await passwords.verify("Password", REFERENCE)).toBe(false);
  });

  it("never matches what is no PHC string of this kind", async () => {
    for (const phc of [
      "",
      "password",
      REFERENCE.replace("argon2id", "argon2i"),
      "$argon2id$v=19",
      REFERENCE.slice(0, -25),
    ]) {
      expect(await passwords.verify("password", phc)).toBe(false);
    }
  });

  it.each([
    "m=4194304,t=2,p=1",
    "m=65537,t=1,p=1",
    "m=65536,t=5,p=1",
    "m=256,t=2,p=99",
    "m=256,t=999999999,p=1",
    "m=256,t=0,p=1",
    "m=256,t=2,p=0",
    "m=8,t=2,p=2",
  ])("never matches with the absurd cost %s", async (cost) => {
    const absurd = REFERENCE.replace("m=256,t=2,p=1", cost);
    expect(await passwords.verify("password", absurd)).toBe(false);
  });

  it("of an unknown account is never right", async () => {
    expect(await passwords.verifyNothing(password)).toBe(false);
  });
});

describe("a new password", () => {
  const account = { name: "René Example", email: "Rene.Example@example.com" };

  const refusal = async (password: string): Promise<string | undefined> => {
    try {
      await checkPassword(password, account);
      return undefined;
    } catch (error) {
      return error instanceof Problem ? error.extras.errors?.[0]?.code : "no problem at all";
    }
  };

  it("may be anything that others would not try first", async () => {
    for (const password of ["seven tall lamps", "        x", "密码密码密码密码", "René Example!"]) {
      expect(await refusal(password), password).toBeUndefined();
    }
  });

  it("may not be a common one, in any case", async () => {
    for (const password of [
      "password",
      "PassWord1",
      "12345678",
      "Qwertyuiop",
      "iloveyou",
      "jennifer1",
      "LIVERPOOL",
      "mustang1",
      "passwort",
    ]) {
      expect(await refusal(password), password).toBe("common_password");
    }
  });

  it("may not be the user's own name or address, in any case or composition", async () => {
    for (const password of [
      "rené example",
      "René Example".normalize("NFD"),
      "rene.example@EXAMPLE.com",
      "rene.example",
    ]) {
      expect(await refusal(password), password).toBe("own_name");
    }
  });
});
