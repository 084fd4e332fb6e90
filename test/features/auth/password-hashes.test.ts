import { hashSync } from "bcryptjs";
import { beforeAll, describe, expect, it } from "vitest";
import { anonymous, expectProblem, type SignedIn, signUp } from "../../support/client.ts";
import { atOnce } from "../../support/keys.ts";
import { query } from "../../support/postgres.ts";

const CURRENT = /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/;
/** argon2id of "password" with a lower cost, from the reference implementation's own tests. */
const CHEAPER =
  "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";

const signIn = (of: SignedIn, password: string) =>
  anonymous().post("/auth/login", { email: of.user.email, password });

/** An account that came from another system with this hash. */
async function withHash(hash: string): Promise<SignedIn> {
  const ada = await signUp();
  await query("UPDATE users SET hashed_password = $1 WHERE id = $2", [hash, ada.user.id]);
  return ada;
}

async function hashOf({ user }: SignedIn): Promise<string> {
  const [row] = await query("SELECT hashed_password FROM users WHERE id = $1", [user.id]);
  return String(row?.hashed_password);
}

describe("a bcrypt hash of an older system", () => {
  const password = "Grüße aus 京都!";
  let hash: string;
  beforeAll(() => {
    hash = hashSync(password, 8);
  });

  it.each(["2a", "2b", "2y"])(
    "$%s$ signs in, and is replaced by one of our own",
    async (variant) => {
      const ada = await withHash(hash.replace(/^\$2[aby]/, `$${variant}`));
      expectProblem(await signIn(ada, `${password}?`), 401, "invalid_credentials");
      expect(await hashOf(ada)).toContain(`$${variant}$08$`);
      expect((await signIn(ada, password)).status).toBe(200);
      expect(await hashOf(ada)).toMatch(CURRENT);
      expect((await signIn(ada, password)).status).toBe(200);
      expectProblem(await signIn(ada, `${password}?`), 401, "invalid_credentials");
    },
  );

  it("is replaced once by sign-ins at the same time, which all succeed", async () => {
    const ada = await withHash(hash);
    const responses = await atOnce(8, () => signIn(ada, password));
    expect(responses.map(({ status }) => status)).toEqual(Array(8).fill(200));
    const sessions = "SELECT id FROM sessions WHERE user_id = $1 AND ended_at IS NULL";
    expect(await query(sessions, [ada.user.id])).toHaveLength(9);
    expect((await signIn(ada, password)).status).toBe(200);
  });

  it("never undoes a change of the password that a sign-in overlaps", async () => {
    const ada = await withHash(hash);
    const given = { current_password: password, new_password: "nine short candles" };
    const [changed] = await Promise.all([
      ada.post("/auth/password", given),
      ...Array.from({ length: 4 }, () => signIn(ada, password)),
    ]);
    const valid = changed.status === 200 ? given.new_password : password;
    expect((await signIn(ada, valid)).status).toBe(200);
  });

  it("counts the first 72 bytes, as it always did, and stays until the password is changed", async () => {
    const long = "long enough ".repeat(7);
    const ada = await withHash(hashSync(long, 6));
    for (const typed of [`${long.slice(0, 72)} and more`, long]) {
      expect((await signIn(ada, typed)).status, typed).toBe(200);
    }
    expectProblem(await signIn(ada, long.slice(0, 71)), 401, "invalid_credentials");
    expect(await hashOf(ada)).toMatch(/^\$2/);
    const given = { current_password: long, new_password: "nine short candles" };
    expect((await ada.post("/auth/password", given)).status).toBe(200);
    expect(await hashOf(ada)).toMatch(CURRENT);
  });

  it.each(["13", "31", "00", "03", "99"])(
    "of the absurd cost %s is refused at once",
    async (cost) => {
      const ada = await withHash(hash.replace(/\$08\$/, `$${cost}$`));
      expectProblem(await signIn(ada, password), 401, "invalid_credentials");
    },
  );
});

describe("a hash of ours with another cost", () => {
  it("signs in, and is replaced by one of today's cost", async () => {
    const ada = await withHash(CHEAPER);
    expectProblem(await signIn(ada, "passwort"), 401, "invalid_credentials");
    expect(await hashOf(ada)).toBe(CHEAPER);
    expect((await signIn(ada, "password")).status).toBe(200);
    expect(await hashOf(ada)).toMatch(CURRENT);
    expect((await signIn(ada, "password")).status).toBe(200);
  });

  it("of today's cost stays", async () => {
    const ada = await signUp();
    const before = await hashOf(ada);
    await signIn(ada, ada.password);
    expect(await hashOf(ada)).toBe(before);
  });
});
