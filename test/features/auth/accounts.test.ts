import { beforeAll, describe, expect, it } from "vitest";
import { anonymous, bearer, expectProblem, type SignedIn, signUp } from "../../support/client.ts";
import { makeAdmin } from "../../support/admins.ts";
import { countCalls, query } from "../../support/postgres.ts";
import { enrol } from "../../support/second-factor.ts";

const nobody = anonymous();
let ada: SignedIn;
beforeAll(async () => {
  ada = await signUp();
});

const newEmail = () => `eve.${crypto.randomUUID()}@example.com`;
const PASSWORD = "seven tall lamps";

describe("signing up", () => {
  it("returns an account and its tokens, and nothing of the password", async () => {
    const email = newEmail();
    const { status, body } = await nobody.post("/auth/register", {
      name: "Eve",
      email,
      password: PASSWORD,
    });
    expect(status).toBe(201);
    expect(body).toMatchObject({ success: true, token_type: "bearer", expires_in: 900 });
    expect(body.user).toMatchObject({ name: "Eve", email, email_verified: false, is_active: true });
    expect(body.data.user_id).toBe(body.user.id);
    expect(JSON.stringify(body)).not.toContain(PASSWORD);
    const [row] = await query("SELECT hashed_password FROM users WHERE id = $1", [body.user.id]);
    expect(row?.hashed_password).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  });

  it("refuses a password that is short, long, common, or the user's own name or address", async () => {
    const email = newEmail();
    const [mailbox = ""] = email.split("@");
    const refused = [
      "seven77",
      "x".repeat(129),
      "Password123",
      "QWERTYUIOP",
      email,
      mailbox,
      "eve example",
    ];
    for (const password of refused) {
      const response = await nobody.post("/auth/register", {
        name: "Eve Example",
        email,
        password,
      });
      expectProblem(response, 422, "validation_failed", "/password");
    }
  });

  it("counts a password's characters, not its bytes, and keeps its spaces", async () => {
    const email = newEmail();
    const password = " 密码密码密码 ";
    const account = { name: "Eve", email, password };
    expect((await nobody.post("/auth/register", account)).status).toBe(201);
    expect((await nobody.post("/auth/login", { email, password })).status).toBe(200);
    expectProblem(
      await nobody.post("/auth/login", { email, password: password.trim() }),
      401,
      "invalid_credentials",
    );
  });

  it("accepts the same password from another keyboard's composition of characters", async () => {
    const email = newEmail();
    const password = "café crème brûlée";
    await nobody.post("/auth/register", {
      name: "Eve",
      email,
      password: password.normalize("NFC"),
    });
    const login = await nobody.post("/auth/login", { email, password: password.normalize("NFD") });
    expect(login.status).toBe(200);
  });

  it("measures a password in its normal form: accents do not count as characters", async () => {
    const password = "éèêëàâä".normalize("NFD");
    const response = await nobody.post("/auth/register", {
      name: "Eve",
      email: newEmail(),
      password,
    });
    expectProblem(response, 422, "validation_failed", "/password");
    expect(response.body.errors[0].code).toBe("too_short");
  });

  it("refuses an invalid address and a blank name", async () => {
    for (const email of [
      "eve",
      "eve@",
      "@example.com",
      "a b@example.com",
      `${"e".repeat(250)}@example.com`,
    ]) {
      const response = await nobody.post("/auth/register", {
        name: "Eve",
        email,
        password: PASSWORD,
      });
      expectProblem(response, 422, "validation_failed", "/email");
    }
    const blank = await nobody.post("/auth/register", {
      name: " ",
      email: newEmail(),
      password: PASSWORD,
    });
    expectProblem(blank, 422, "validation_failed", "/name");
  });
});

describe("signing in", () => {
  it("accepts the address in any case", async () => {
    const { status, body } = await nobody.post("/auth/login", {
      email: ada.user.email.toUpperCase(),
      password: PASSWORD,
    });
    expect({ status, id: body.user.id }).toEqual({ status: 200, id: ada.user.id });
  });

  it("answers an unknown account, a wrong password and a disabled account alike", async () => {
    const eve = await signUp();
    await query("UPDATE users SET is_active = false WHERE id = $1", [eve.user.id]);
    const responses = [
      await nobody.post("/auth/login", { email: newEmail(), password: PASSWORD }),
      await nobody.post("/auth/login", { email: ada.user.email, password: "wrong password" }),
      await nobody.post("/auth/login", { email: eve.user.email, password: PASSWORD }),
    ];
    for (const response of responses) {
      expectProblem(response, 401, "invalid_credentials");
      expect(response.headers.get("www-authenticate")).toBe('Bearer realm="api"');
      expect(response.headers.getSetCookie()).toEqual([]);
    }
  });
});

describe("an e-mail address", () => {
  const signUpAs = (email: string) =>
    nobody.post("/auth/register", { name: "Eve", email, password: PASSWORD });

  it("is stored and found without surrounding white space", async () => {
    const email = newEmail();
    const { status, body } = await signUpAs(`  ${email}\n`);
    expect([status, body.user?.email]).toEqual([201, email]);
    const typed = `\u00a0${email}\u200b`;
    const login = await nobody.post("/auth/login", { email: typed, password: PASSWORD });
    expect([login.status, login.body.user?.id]).toEqual([200, body.user.id]);
    expectProblem(await signUpAs(` ${email}`), 409, "email_taken");
  });

  it("of any script is one account in all its spellings, and shown as it was typed", async () => {
    const id = crypto.randomUUID();
    const email = `Jörg.用户.${id}@Bücher.example`;
    const { status, body } = await signUpAs(email);
    expect([status, body.user?.email]).toEqual([201, email]);
    const local = `jörg.用户.${id}`;
    for (const typed of [
      `${local}@xn--bcher-kva.example`,
      `${local.toUpperCase()}@BÜCHER.EXAMPLE`,
      `${local.normalize("NFD")}@bücher。example`,
    ]) {
      const login = await nobody.post("/auth/login", { email: typed, password: PASSWORD });
      expect([login.status, login.body.user?.id], typed).toEqual([200, body.user.id]);
    }
    expectProblem(await signUpAs(`${local}@xn--bcher-kva.example`), 409, "email_taken");
    const eve = bearer(body.access_token);
    const change = { email: `${local}@xn--bcher-kva.example`, current_password: PASSWORD };
    expect((await eve.patch("/users/me", change)).body.pending_email).toBeNull();
  });
});

describe("the user's own account", () => {
  it("is read with the token from signing up", async () => {
    expect((await ada.get("/users/me")).body).toMatchObject(ada.user);
    expect(ada.user.role).toBe("user");
  });

  it("says what a change of it needs as proof, without telling a secret", async () => {
    const eve = await signUp();
    const proofs = { has_password: true, identity_provider: "not_configured" };
    const read = async () => (await eve.get("/users/me")).body;
    expect(await read()).toEqual({ ...eve.user, ...proofs, has_second_factor: false });
    await eve.post("/auth/totp", { password: eve.password });
    expect((await read()).has_second_factor).toBe(false);
    await enrol(eve);
    expect(await read()).toEqual({ ...eve.user, ...proofs, has_second_factor: true });
    await makeAdmin(eve);
    expect((await read()).role).toBe("admin");
  });

  it("can be renamed", async () => {
    const eve = await signUp();
    const { body } = await eve.patch("/users/me", { name: "Eve 𝒳" });
    expect(body).toEqual({ ...eve.user, name: "Eve 𝒳" });
    expect((await eve.get("/users/me")).body.name).toBe("Eve 𝒳");
  });

  it("changes its address only with the password, and not before it is verified", async () => {
    const eve = await signUp();
    const email = newEmail();
    expectProblem(
      await eve.patch("/users/me", { email }),
      422,
      "validation_failed",
      "/current_password",
    );
    const wrong = { email, current_password: "wrong password" };
    expectProblem(await eve.patch("/users/me", wrong), 401, "invalid_credentials");
    const { body } = await eve.patch("/users/me", { email, current_password: PASSWORD });
    expect(body).toEqual({ ...eve.user, pending_email: email });
    expectProblem(
      await nobody.post("/auth/login", { email, password: PASSWORD }),
      401,
      "invalid_credentials",
    );
  });

  it("keeps its address when the same one is requested, and no other stays pending", async () => {
    const eve = await signUp();
    const to = (email: string) => eve.patch("/users/me", { email, current_password: PASSWORD });
    expect((await to(newEmail())).body.pending_email).not.toBeNull();
    expect((await to(eve.user.email.toUpperCase())).body).toEqual(eve.user);
  });

  it("is changed in one trip, or two where the password has to be checked", async () => {
    const eve = await signUp();
    const change = (body: object) => countCalls(eve.user.id, () => eve.patch("/users/me", body));
    expect(await change({ name: "Eva" })).toBe(1);
    expect(await change({ name: "Eve", email: newEmail(), current_password: PASSWORD })).toBe(2);
    expect(await change({})).toBe(1);
  });

  it("cannot be activated, verified or reassigned by the client", async () => {
    for (const field of ["id", "is_active", "email_verified", "hashed_password"]) {
      expectProblem(
        await ada.patch("/users/me", { [field]: true }),
        422,
        "validation_failed",
        `/${field}`,
      );
    }
  });

  it("is gone for a token that outlived it", async () => {
    const eve = await signUp();
    await query("DELETE FROM users WHERE id = $1", [eve.user.id]);
    for (const response of [
      await eve.get("/users/me"),
      await eve.patch("/users/me", { name: "Eve" }),
      await eve.post("/chat", { content: "Hello?" }),
    ]) {
      expectProblem(response, 401, "invalid_token");
    }
    expectProblem(await bearer(eve.accessToken).post("/chats", {}), 401, "invalid_token");
  });
});
