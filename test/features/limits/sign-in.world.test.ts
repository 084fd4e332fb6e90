import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type ApiResponse,
  type Client,
  expectProblem,
  type SignedIn,
} from "../../support/client.ts";
import { startFastWorker } from "../../support/fast-worker.ts";
import { loggedLine } from "../../support/logs/logged-line.ts";
import {
  atOnce,
  countStatuses,
  hourly,
  type LimitedWorker,
  newAddress,
  startLimited,
} from "../../support/limited.ts";

const WRONG = "wrong lamps";

const signIn = (client: Client, { user, password }: SignedIn, given = password) =>
  client.post("/auth/login", { email: user.email, password: given });

const nobodyElse = () => ({ email: `eve.${crypto.randomUUID()}@example.com`, password: WRONG });

/** The cookie of the device, as a browser sends it. */
function deviceOf({ headers }: ApiResponse): Record<string, string> {
  const cookie = headers.getSetCookie().find((each) => each.startsWith("device="));
  expect(cookie).toMatch(/; Max-Age=15552000; Path=\/; HttpOnly; SameSite=Lax$/);
  return { cookie: cookie?.split(";")[0] ?? "" };
}

function expectSlowedDown(response: ApiResponse, limit: string): void {
  expectProblem(response, 429, "rate_limited");
  expect(response.body.limit).toBe(limit);
  expect(Number(response.headers.get("retry-after"))).toBeGreaterThan(0);
  expect(response.headers.get("ratelimit")).toContain(`"${limit}";r=0;`);
}

describe("failed sign-ins of an address", () => {
  let worker: LimitedWorker;
  beforeAll(async () => {
    worker = await startLimited({ sign_in_address: hourly(5) });
  });
  afterAll(() => worker.close());

  it("are as many as the figure, of 30 guesses at once about as many accounts", async () => {
    const client = worker.from(newAddress());
    const responses = await atOnce(30, () => client.post("/auth/login", nobodyElse()));
    expect(countStatuses(responses)).toEqual({ 401: 5, 429: 25 });
    for (const response of responses.filter(({ status }) => status === 429)) {
      expectSlowedDown(response, "sign_in_address");
    }
    const elsewhere = worker.from(newAddress());
    expect((await elsewhere.post("/auth/login", nobodyElse())).status).toBe(401);
  });

  it("are counted for the whole /64 of an IPv6 address, and not beyond", async () => {
    const [, group = ""] = newAddress().split("db8:");
    const net = `2001:db8:${group.replace("::1", "")}`;
    const guess = (host: string) => worker.from(host).post("/auth/login", nobodyElse());
    for (const host of ["::1", "::2", ":a:b:c:d", ":0:0:0:9", "::ffff"]) {
      expect((await guess(net + host)).status, host).toBe(401);
    }
    expectSlowedDown(await guess(`${net}::77`), "sign_in_address");
    expect((await guess(newAddress())).status).toBe(401);
  });

  it("are not moved to another address by any header of the client", async () => {
    const address = newAddress();
    const forged = (index: number) => ({
      "x-forwarded-for": `192.0.2.${index}`,
      "x-real-ip": `192.0.2.${index}`,
      "true-client-ip": `192.0.2.${index}`,
      forwarded: `for=192.0.2.${index}`,
    });
    const guess = (index: number) =>
      worker.from(address, forged(index)).post("/auth/login", nobodyElse());
    expect(countStatuses(await atOnce(8, guess))).toEqual({ 401: 5, 429: 3 });
  });

  it("leave sign-ins that succeed uncounted, 12 at once too", async () => {
    const ada = await worker.signUp();
    const client = worker.from(newAddress());
    const responses = await atOnce(12, () => signIn(client, ada));
    expect(countStatuses(responses)).toEqual({ 200: 12 });
    const last = await signIn(client, ada);
    expect(last.headers.get("ratelimit")).toContain('"sign_in_address";r=5;t=0');
  });

  it("are still counted after a crash", async () => {
    const client = worker.from(newAddress());
    await atOnce(6, () => client.post("/auth/login", nobodyElse()));
    expect((await client.post("/auth/login", nobodyElse())).status).toBe(429);
    await worker.crash();
    expect((await client.post("/auth/login", nobodyElse())).status).toBe(429);
  });
});

describe("failed sign-ins of an account", () => {
  let worker: LimitedWorker;
  beforeAll(async () => {
    worker = await startLimited({ sign_in_account: hourly(3) });
  });
  afterAll(() => worker.close());

  const elsewhere = (headers?: Record<string, string>) => worker.from(newAddress(), headers);

  /** Wrong passwords from many addresses at once. */
  const attack = (of: SignedIn) => atOnce(10, () => signIn(elsewhere(), of, WRONG));

  it("slow down everybody, but the owner's known devices", async () => {
    const ada = await worker.signUp();
    const device = deviceOf(await signIn(elsewhere(), ada));
    expect(countStatuses(await attack(ada))).toEqual({ 401: 3, 429: 7 });
    expectSlowedDown(await signIn(elsewhere(), ada), "sign_in_account");
    const known = elsewhere(device);
    expect((await signIn(known, ada)).status).toBe(200);
    const wrong = await atOnce(5, () => signIn(known, ada, WRONG));
    expect(countStatuses(wrong)).toEqual({ 401: 3, 429: 2 });
  });

  it("are counted alike for an account that does not exist, in any spelling", async () => {
    const email = `eve.${crypto.randomUUID()}@example.com`;
    const spellings = [email, email.toUpperCase(), ` ${email} `, email, email];
    const responses = await Promise.all(
      spellings.map((spelling) =>
        elsewhere().post("/auth/login", { email: spelling, password: WRONG }),
      ),
    );
    expect(countStatuses(responses)).toEqual({ 401: 3, 429: 2 });
  });

  it("know no device by another account's cookie, or by a forged one", async () => {
    const [ada, eve] = [await worker.signUp(), await worker.signUp()];
    const device = deviceOf(await signIn(elsewhere(), eve));
    const own = deviceOf(await signIn(elsewhere(), ada)).cookie ?? "";
    await attack(ada);
    const forged = [device.cookie ?? "", `${own}x`, own.slice(0, -2), "device=a.b", "device="];
    const flipped = own.replace(/.$/, (char) => (char === "A" ? "B" : "A"));
    for (const cookie of [
      ...forged,
      flipped.replace(/=./, (text) => (text === "=0" ? "=1" : "=0")),
    ]) {
      expect((await signIn(elsewhere({ cookie }), ada)).status, cookie).toBe(429);
    }
  });

  it("know the device of the registration", async () => {
    const account = { name: "Ada", email: nobodyElse().email, password: "seven tall lamps" };
    const registered = await elsewhere().post("/auth/register", account);
    const device = deviceOf(registered);
    const ada = { user: registered.body.user, password: account.password } as SignedIn;
    await attack(ada);
    const again = await signIn(elsewhere(device), ada);
    expect(again.status).toBe(200);
    expect(deviceOf(again)).toEqual(device);
  });
});

describe("other limits of strangers and sessions", () => {
  let worker: LimitedWorker;
  beforeAll(async () => {
    worker = await startLimited({ mail: hourly(4), step_up: hourly(2) });
  });
  afterAll(() => worker.close());

  it("admit exactly the figure of registrations from an address, refused ones included", async () => {
    const client = worker.from(newAddress());
    const { email } = (await worker.signUp()).user;
    const register = (index: number) =>
      client.post("/auth/register", {
        name: "Ada",
        email: index % 2 ? email : nobodyElse().email,
        password: "seven tall lamps",
      });
    const invalid = await client.post("/auth/register", { name: "", email, password: "x" });
    expect(invalid.status).toBe(422);
    const responses = await atOnce(10, register);
    const counts = countStatuses(responses);
    expect(counts[429]).toBe(6);
    expect((counts[201] ?? 0) + (counts[409] ?? 0)).toBe(4);
  });

  it("stop a session that guesses the password, and no other session", async () => {
    const ada = await worker.signUp();
    const guess = () => ada.delete("/users/me", { password: WRONG });
    expect(countStatuses(await atOnce(8, guess))).toEqual({ 401: 2, 429: 6 });
    const key = { name: "A", scopes: ["read"], password: ada.password };
    expectSlowedDown(await ada.post("/auth/keys", key), "step_up");
    const { body } = await signIn(worker.from(newAddress()), ada);
    const authorization = `Bearer ${body.access_token}`;
    const other = worker.from(newAddress(), { authorization });
    expect((await other.post("/auth/keys", key)).status).toBe(201);
  });
});

it("Without its limiter, the Worker reads and refuses every sign-in, and logs it", async () => {
  const LIMITS = "{}";
  const limited = await startLimited({});
  const worker = await startFastWorker({ LIMITS }, { withoutLimiter: true });
  try {
    const ada = await limited.signUp();
    const at = (path: string, init: RequestInit = {}) => {
      const headers = {
        authorization: `Bearer ${ada.accessToken}`,
        "content-type": "application/json",
      };
      return fetch(worker.url + path, { headers, ...init });
    };
    expect((await at("/chats")).status).toBe(200);
    const body = JSON.stringify({ email: ada.user.email, password: ada.password, name: "Ada" });
    const login = JSON.stringify({ email: ada.user.email, password: ada.password });
    for (const response of [
      await at("/auth/login", { method: "POST", body: login }),
      await at("/auth/register", { method: "POST", body }),
      await at("/auth/keys", { method: "POST", body: '{"name":"A","scopes":["read"]}' }),
    ]) {
      expect(response.status).toBe(503);
      expect(response.headers.get("retry-after")).toBe("5");
      expect(await response.json()).toMatchObject({ code: "limiter_unavailable" });
    }
    await loggedLine(worker, '"event":"limiter_unreachable"');
  } finally {
    await Promise.all([worker.close(), limited.close()]);
  }
});
