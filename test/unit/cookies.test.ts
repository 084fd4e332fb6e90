import { Hono } from "hono";
import { describe, expect, it } from "vitest";
import {
  clearSessionCookies,
  readSessionCookies,
  setSessionCookies,
} from "../../src/features/auth/cookies.ts";
import type { App } from "../../src/http/router.ts";

const app = new Hono<App>();
app.get("/set", (c) => {
  setSessionCookies(c, { access: "one", refresh: "two" });
  return c.body(null);
});
app.get("/clear", (c) => {
  clearSessionCookies(c);
  return c.body(null);
});
app.get("/read", (c) => c.json(readSessionCookies(c) ?? null));

const cookiesOf = async (url: string) => (await app.request(url)).headers.getSetCookie();

async function read(url: string, cookie: string): Promise<unknown> {
  return (await app.request(url, { headers: { cookie } })).json();
}

describe("over https", () => {
  it("the session's cookies belong to this host alone, and no script reads them", async () => {
    const attributes = "Max-Age=2592000; Path=/; HttpOnly; Secure; SameSite=Lax";
    expect(await cookiesOf("https://api.example/set")).toEqual([
      `__Host-access_token=one; ${attributes}`,
      `__Host-refresh_token=two; ${attributes}`,
    ]);
  });

  it("a cookie that a neighbouring host could have set is not read", async () => {
    const url = "https://api.example/read";
    expect(await read(url, "access_token=one; refresh_token=two")).toBeNull();
    expect(await read(url, "__Host-access_token=one; refresh_token=two")).toEqual({
      access: "one",
    });
    expect(await read(url, "__Host-refresh_token=two")).toEqual({ refresh: "two" });
  });

  it("signing out clears the same cookies", async () => {
    const cookies = await cookiesOf("https://api.example/clear");
    expect(cookies.map((cookie) => cookie.split("=")[0])).toEqual([
      "__Host-access_token",
      "__Host-refresh_token",
    ]);
    for (const cookie of cookies) {
      expect(cookie).toMatch(/=; Max-Age=0; Path=\/; HttpOnly; Secure; SameSite=Lax$/);
    }
  });
});

it("On localhost, without https, cookies have plain names", async () => {
  const [access = ""] = await cookiesOf("http://localhost:8787/set");
  expect(access).toBe("access_token=one; Max-Age=2592000; Path=/; HttpOnly; SameSite=Lax");
});
