import { beforeAll, describe, expect, inject, it } from "vitest";
import {
  anonymous,
  clientWith,
  expectProblem,
  type SignedIn,
  signUp,
} from "../../support/client.ts";
import { FRONTEND, Jar, signedUpJar } from "../../support/jar.ts";
import { tokensAt } from "../../support/tokens.ts";

const nobody = anonymous();
const MINUTE = 60_000;
let ada: SignedIn;
beforeAll(async () => {
  ada = await signUp();
});

describe("a browser that only sends cookies", () => {
  it("is signed in for thirty days by two cookies that no script can read", async () => {
    const email = `jar.${crypto.randomUUID()}@example.com`;
    const account = { name: "Jar", email, password: "seven tall lamps" };
    const { headers } = await new Jar().post("/auth/register", account);
    const cookies = headers.getSetCookie();
    expect(cookies).toHaveLength(3);
    expect(cookies.filter((cookie) => cookie.startsWith("device="))).toHaveLength(1);
    for (const cookie of cookies.filter((cookie) => !cookie.startsWith("device="))) {
      expect(cookie).toMatch(/^(access|refresh)_token=/);
      expect(cookie).toContain("Max-Age=2592000");
      expect(cookie).toContain("Path=/");
      expect(cookie).toContain("HttpOnly");
      expect(cookie).toContain("SameSite=Lax");
    }
  });

  it("reads and writes like any client, and is renewed silently in one trip", async () => {
    const jar = await signedUpJar();
    const { id } = (await jar.get("/users/me")).body;
    expect((await jar.post("/chats", { title: "Mine" })).status).toBe(201);
    jar.cookies.set(
      "access_token",
      await tokensAt(-16 * MINUTE).issueAccess({ userId: id, sessionId: "x" }),
    );
    const response = await jar.get("/chats");
    expect(response.status).toBe(200);
    expect(response.headers.getSetCookie()).toHaveLength(2);
    expect((await jar.get("/chats")).headers.getSetCookie()).toEqual([]);
    jar.cookies.delete("access_token");
    const path = `/chats/${response.body.chats[0].id}`;
    expect((await jar.send("delete", path)).status).toBe(200);
  });

  it("never gets tokens from a refresh, only their lifetime", async () => {
    const jar = await signedUpJar();
    const { status, body, headers } = await jar.post("/auth/refresh");
    expect({ status, body }).toEqual({ status: 200, body: { expires_in: 900 } });
    expect(headers.getSetCookie()).toHaveLength(2);
  });

  it("changes nothing from a page that is not allowed, and reads from any page", async () => {
    const jar = await signedUpJar();
    const { id } = (await jar.post("/chats", { title: "Mine" })).body;
    for (const origin of ["https://evil.example", "http://localhost:3001", "null", null]) {
      const elsewhere = jar.on(origin);
      expectProblem(await elsewhere.post("/chats", {}), 403, "origin_not_allowed");
      expectProblem(
        await elsewhere.send("patch", `/chats/${id}`, { title: "x" }),
        403,
        "origin_not_allowed",
      );
      expectProblem(await elsewhere.send("delete", `/chats/${id}`), 403, "origin_not_allowed");
      expectProblem(await elsewhere.post("/auth/refresh"), 403, "origin_not_allowed");
      expectProblem(await elsewhere.post("/auth/logout"), 403, "origin_not_allowed");
      expect((await elsewhere.get(`/chats/${id}`)).status).toBe(200);
    }
    expect((await jar.on(inject("workerUrl")).post("/chats", {})).status).toBe(201);
  });

  it("loses no cookie by a sign-out without them, as a form of another site is sent", async () => {
    for (const origin of ["https://evil.example", "null", null, FRONTEND]) {
      const { status, headers } = await new Jar(origin).post("/auth/logout");
      expect({ status, cookies: headers.getSetCookie() }).toEqual({ status: 200, cookies: [] });
    }
    const jar = await signedUpJar();
    await jar.post("/auth/logout");
    expect([...jar.cookies.keys()]).toEqual(["device"]);
  });

  it("sends cookies that are ignored once there is a bearer token, valid or not", async () => {
    const jar = await signedUpJar();
    const cookie = jar.header();
    const bad = await clientWith({ cookie, authorization: "Bearer x.y.z" }).get("/users/me");
    expectProblem(bad, 401, "invalid_token");
    const good = clientWith({ cookie, authorization: `Bearer ${ada.accessToken}` });
    const { body, headers } = await good.get("/users/me");
    expect(body.id).toBe(ada.user.id);
    expect(headers.getSetCookie()).toEqual([]);
    expectProblem(await good.post("/auth/refresh"), 401, "unauthenticated");
  });

  it("can send a message, and stream the answer", async () => {
    const jar = await signedUpJar();
    const { body: chat } = await jar.post("/chats", {});
    const client = clientWith({ cookie: jar.header(), origin: FRONTEND });
    const response = await client.fetch(`/chats/${chat.id}/messages/stream`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ content: "Hello?" }),
    });
    expect(response.headers.get("access-control-allow-origin")).toBe(FRONTEND);
    expect(await response.text()).toContain('"type":"stream_complete"');
  });
});

describe("a page of another origin", () => {
  it("learns from a preflight whether it may call, without signing in", async () => {
    const preflight = { "access-control-request-method": "PATCH" };
    for (const path of ["/chats", "/chats/x", "/nothing"]) {
      const init = { method: "OPTIONS", headers: { origin: FRONTEND, ...preflight } };
      const { status, headers } = await nobody.fetch(path, init);
      expect(status).toBe(204);
      expect(headers.get("access-control-allow-origin")).toBe(FRONTEND);
      expect(headers.get("access-control-allow-credentials")).toBe("true");
      expect(headers.get("access-control-allow-methods")).toContain("PATCH");
      for (const name of ["Authorization", "Idempotency-Key", "If-Match", "Last-Event-ID"]) {
        expect(headers.get("access-control-allow-headers")).toContain(name);
      }
    }
    const init = { method: "OPTIONS", headers: { origin: "https://evil.example", ...preflight } };
    const { headers } = await nobody.fetch("/chats", init);
    expect(headers.get("access-control-allow-origin")).toBeNull();
  });

  it("may read errors too, where it is allowed", async () => {
    const paths = ["/chats", "/nothing", "/health/live"];
    for (const path of paths) {
      const { headers } = await clientWith({ origin: FRONTEND }).get(path);
      expect(headers.get("access-control-allow-origin")).toBe(FRONTEND);
      expect(headers.get("access-control-expose-headers")).toContain("X-Request-Id");
      expect(headers.get("vary")).toContain("Origin");
    }
  });

  it("is served with a bearer token from any origin, and reads that response without credentials", async () => {
    const client = clientWith({
      origin: "https://evil.example",
      authorization: `Bearer ${ada.accessToken}`,
    });
    const { status, headers } = await client.post("/chats", {});
    expect(status).toBe(201);
    expect(headers.get("access-control-allow-origin")).toBe("*");
    expect(headers.get("access-control-allow-credentials")).toBeNull();
  });
});
