import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { LOCAL_ORIGINS } from "../../local/settings.ts";
import { newVisitor, type Visitor } from "../support/browser.ts";
import { type BrowserSite, startBrowserSite } from "../support/browser-site.ts";
import { newChat } from "../support/chats.ts";
import { at, type SignedIn, signUp } from "../support/client.ts";
import { openSignedIn } from "../support/frontend.ts";
import { readBy } from "../support/strangers.ts";

let open: BrowserSite;
let strict: BrowserSite;
let local: BrowserSite;
beforeAll(async () => {
  open = await startBrowserSite();
  strict = await startBrowserSite({ ALLOWED_ORIGINS_ONLY: "true" });
  local = await startBrowserSite({ ALLOWED_ORIGINS: LOCAL_ORIGINS });
});
afterAll(async () => {
  for (const site of [open, strict, local]) await site.close();
});

async function newPerson(site: BrowserSite): Promise<{ visitor: Visitor; ada: SignedIn }> {
  const visitor = await newVisitor();
  // What is refused is reported on the console of the page that tried.
  visitor.expectErrors(/CORS policy/, /Failed to load resource/);
  return { visitor, ada: at(site.api, await signUp()) };
}

const withToken = ({ accessToken }: SignedIn) => ({ authorization: `Bearer ${accessToken}` });

const strangers = ["sameSite", "foreignName", "foreignAddress"] as const;

describe.each(strangers)("a page that is not allowed (%s)", (from) => {
  it("calls with a token, reads answers and errors, and streams", async () => {
    const { visitor, ada } = await newPerson(open);
    const chatId = await newChat(ada, { title: "Mine" });
    const page = await visitor.open(open.strangers[from]);
    const headers = withToken(ada);
    const call = (path: string, init = {}) =>
      readBy(page, open.api + path, { credentials: "omit", headers, ...init });
    expect(await call("/chats")).toContain("Mine");
    expect(await call(`/chats/${crypto.randomUUID()}`)).toContain('"not_found"');
    expect(await call("/nothing")).toContain('"route_not_found"');
    const json = { ...headers, "content-type": "application/json", "idempotency-key": "one" };
    const added = { ...json, "x-stainless-lang": "js", "x-stainless-retry-count": "0" };
    const init = { method: "POST", headers: added, body: '{"content":"Hello?"}' };
    expect(await call(`/chats/${chatId}/messages/stream`, init)).toContain("stream_complete");
    expect(await call(`/chats/${chatId}`, { method: "DELETE" })).toContain(chatId);
  });

  it("uses and reads nothing of the cookies, whatever token it adds", async () => {
    const { visitor, ada } = await newPerson(open);
    const mallory = at(open.api, await signUp());
    await newChat(ada, { title: "Mine" });
    await openSignedIn(visitor, open, ada);
    const page = await visitor.open(open.strangers[from]);
    const { length: before } = await open.requests();
    for (const headers of [withToken(ada), withToken(mallory), { authorization: "Bearer x.y.z" }]) {
      expect(await readBy(page, `${open.api}/chats`, { headers })).toBe("");
      const change = {
        method: "POST",
        headers: { ...headers, "content-type": "application/json" },
      };
      expect(await readBy(page, `${open.api}/chats`, { ...change, body: "{}" })).toBe("");
    }
    const seen = (await open.requests(before)).map(({ method }) => method);
    expect(new Set(seen)).toEqual(new Set(["OPTIONS"]));
    expect((await ada.get("/chats")).body.chats).toHaveLength(1);
  });

  it("reads nothing with a token where only the configured origins may call", async () => {
    const { visitor, ada } = await newPerson(strict);
    const page = await visitor.open(strict.strangers[from]);
    const headers = withToken(ada);
    expect(await readBy(page, `${strict.api}/users/me`, { credentials: "omit", headers })).toBe("");
  });
});

describe("a page on this machine, under the settings of npm run dev", () => {
  it("calls with cookies from any port, and pages of other names do not", async () => {
    const { visitor, ada } = await newPerson(local);
    const { user, password } = ada;
    const page = await visitor.open(local.strangers.sameSite);
    const headers = { "content-type": "application/json" };
    const body = JSON.stringify({ email: user.email, password });
    const init = { method: "POST", headers, body };
    expect(await readBy(page, `${local.api}/auth/login`, init)).toContain(user.id);
    const create = { method: "POST", headers, body: '{"title":"By cookie"}' };
    expect(await readBy(page, `${local.api}/chats`, create)).toContain("By cookie");
    expect(await readBy(page, `${local.api}/chats`)).toContain("By cookie");
    const foreign = await visitor.open(local.strangers.foreignName);
    expect(await readBy(foreign, `${local.api}/chats`)).toBe("");
  });
});
