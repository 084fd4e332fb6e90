import { isDeepStrictEqual } from "node:util";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expectText, newVisitor, type Visitor } from "../support/browser.ts";
import { type BrowserSite, type SeenRequest, startBrowserSite } from "../support/browser-site.ts";
import { newChat, runningTurn } from "../support/chats.ts";
import { at, type SignedIn, signUp } from "../support/client.ts";
import { openSignedIn } from "../support/frontend.ts";
import { newTicket } from "../support/socket.ts";
import {
  beacon,
  embed,
  firstEventOf,
  firstStateOf,
  jsonForm,
  readBy,
  type Sent,
  submitForm,
} from "../support/strangers.ts";

let site: BrowserSite;
beforeAll(async () => {
  site = await startBrowserSite();
});
afterAll(() => site.close());

type Victim = { visitor: Visitor; ada: SignedIn; app: Page; chatId: string; since: number };

/** A person who is signed in at the frontend, and has a chat. */
async function newVictim(): Promise<Victim> {
  const visitor = await newVisitor();
  // What is refused is reported on the console of the page that tried.
  visitor.expectErrors(/CORS policy/, /Failed to load resource/, /WebSocket/, /Refused|Framing/);
  const ada = at(site.api, await signUp());
  const chatId = await newChat(ada, { title: "Mine" });
  const app = await openSignedIn(visitor, site, ada);
  return { visitor, ada, app, chatId, since: (await site.requests()).length };
}

/** Nothing was changed, and the frontend is still signed in. */
async function expectUntouched({ ada, app, chatId }: Victim): Promise<void> {
  const { chats } = (await ada.get("/chats")).body;
  expect(chats.map(({ id, title }: Record<string, string>) => [id, title])).toEqual([
    [chatId, "Mine"],
  ]);
  await app.reload();
  await expectText(app, "#name", ada.user.name);
}

const isLike = (wanted: SeenRequest) => (seen: SeenRequest) => isDeepStrictEqual(seen, wanted);

const JSON_TYPE = { "content-type": "application/json" };

describe("a page that is allowed", () => {
  it("does by fetch, frame, event source and socket what others are refused", async () => {
    const { ada, app, chatId } = await newVictim();
    const body = JSON.stringify({ title: "Its own" });
    const init = { method: "POST", headers: JSON_TYPE, body };
    expect(await readBy(app, `${site.api}/chats`, init)).toContain("Its own");
    expect(await readBy(app, `${site.api}/chats/${chatId}`)).toContain("Mine");
    await embed(app, "iframe", site.strangers.sameSite);
    await expect.poll(() => app.frames()[1]?.url()).toBe(site.strangers.sameSite);
    const turn = await runningTurn(ada, chatId);
    expect(await firstEventOf(app, `${site.api}/chats/${chatId}/stream`)).toBe("open");
    await turn.finish();
    await turn.rest();
    const ticket = await newTicket(ada, chatId);
    const socketUrl = `${site.api.replace("http", "ws")}/chats/${chatId}/ws?ticket=${ticket}`;
    expect(await firstStateOf(app, socketUrl)).toBe("open");
  });
});

/** Where each page comes from, and how its requests are refused: the cookies go to their own site alone. */
const strangers = [
  {
    from: "another site",
    origin: "foreignName",
    refusal: { status: 401, problem: "unauthenticated" },
  },
  {
    from: "an address of the machine",
    origin: "foreignAddress",
    refusal: { status: 401, problem: "unauthenticated" },
  },
  {
    from: "another port of the site, which is not allowed",
    origin: "sameSite",
    refusal: { status: 403, problem: "origin_not_allowed" },
  },
] as const;

describe.each(strangers)("a page of $from", ({ origin, refusal }) => {
  const openStranger = ({ visitor }: Victim) => visitor.open(site.strangers[origin]);

  it("changes nothing by a form", async () => {
    const victim = await newVictim();
    const fields = { title: "Stolen" };
    const forms = [
      {},
      { fields },
      { fields, enctype: "multipart/form-data" },
      { fields, enctype: "text/plain" },
      jsonForm(fields),
    ];
    for (const form of forms) {
      const page = await openStranger(victim);
      const status = await submitForm(page, `${site.api}/chats`, form);
      expect(status, JSON.stringify(form)).toBe(refusal.status);
      await page.close();
    }
    await expectUntouched(victim);
  });

  it("changes nothing by fetch or beacon", async () => {
    const victim = await newVictim();
    const page = await openStranger(victim);
    const [chats, chat] = [`${site.api}/chats`, `${site.api}/chats/${victim.chatId}`];
    const body = JSON.stringify({ title: "Stolen" });
    const tries: [string, Sent][] = [
      [chats, { method: "POST", mode: "no-cors", body }],
      [chats, { method: "POST", mode: "no-cors", keepalive: true }],
      [chats, { method: "POST", headers: { "content-type": "text/plain" }, body }],
      [chats, { method: "POST", headers: JSON_TYPE, body }],
      [chat, { method: "PATCH", headers: JSON_TYPE, body }],
      [chat, { method: "DELETE" }],
      [`${site.api}/users/me`, { method: "DELETE" }],
    ];
    for (const [url, init] of tries) {
      expect(await readBy(page, url, init), JSON.stringify(init)).toBe("");
    }
    await beacon(page, chats, body);
    // What needs no permission has arrived: both without CORS, the one of plain text, and the beacon.
    const arrived = { method: "POST", ...refusal };
    const seen = async () => (await site.requests(victim.since)).filter(isLike(arrived));
    await expect.poll(seen).toHaveLength(4);
    await expectUntouched(victim);
  });

  it("reads no response", async () => {
    const victim = await newVictim();
    const page = await openStranger(victim);
    for (const path of ["/users/me", "/chats", "/nothing"]) {
      for (const mode of ["cors", "no-cors"] as const) {
        expect(await readBy(page, site.api + path, { mode }), `${mode} ${path}`).toBe("");
      }
      expect(await embed(page, "script", site.api + path)).toBe("error");
      expect(await embed(page, "img", site.api + path)).toBe("error");
    }
  });

  it("cannot show a response in a frame", async () => {
    const victim = await newVictim();
    for (const path of ["/users/me", "/docs"]) {
      const page = await openStranger(victim);
      await embed(page, "iframe", site.api + path);
      await expect.poll(() => page.frames()[1]?.url()).toBe("chrome-error://chromewebdata/");
    }
  });

  it("follows no answer, by event source or by a socket, even with a ticket", async () => {
    const victim = await newVictim();
    const { ada, chatId, app } = victim;
    const page = await openStranger(victim);
    const turn = await runningTurn(ada, chatId);
    expect(await firstEventOf(page, `${site.api}/chats/${chatId}/stream`)).toBe("error");
    const socket = `${site.api.replace("http", "ws")}/chats/${chatId}/ws`;
    expect(await firstStateOf(page, socket)).toBe("error");
    const withTicket = `${socket}?ticket=${await newTicket(ada, chatId)}`;
    expect(await firstStateOf(page, withTicket)).toBe("error");
    expect(await firstStateOf(app, withTicket)).toBe("open");
    await turn.finish();
    expect(await turn.rest()).toContain("stream_complete");
  });

  it("cannot sign the person out, nor renew the session", async () => {
    const victim = await newVictim();
    const before = await victim.visitor.cookiesOf(site.api);
    for (const path of ["/auth/logout", "/auth/refresh"]) {
      const page = await openStranger(victim);
      await readBy(page, site.api + path, { method: "POST", mode: "no-cors" });
      await beacon(page, site.api + path, "");
      await submitForm(page, site.api + path);
    }
    expect(await victim.visitor.cookiesOf(site.api)).toEqual(before);
    await expectUntouched(victim);
  });

  it("cannot sign the person in as somebody else, nor overwrite the cookies", async () => {
    const victim = await newVictim();
    const before = await victim.visitor.cookiesOf(site.api);
    const mallory = await signUp();
    const given = { email: mallory.user.email, password: mallory.password };
    const page = await openStranger(victim);
    await page.evaluate(() => {
      document.cookie = "access_token=x; path=/";
      document.cookie = "refresh_token=; path=/; max-age=0";
    });
    const init = { method: "POST", mode: "no-cors", body: JSON.stringify(given) } as const;
    expect(await readBy(page, `${site.api}/auth/login`, init)).toBe("");
    expect(await submitForm(page, `${site.api}/auth/login`, jsonForm(given))).toBe(415);
    expect(await victim.visitor.cookiesOf(site.api)).toEqual(before);
  });

  it("gets nobody back from the identity provider", async () => {
    const victim = await newVictim();
    const page = await openStranger(victim);
    const start = new URL("/auth/oidc/start", site.api);
    start.searchParams.set("return_to", page.url());
    const response = await page.goto(start.href);
    expect(response?.status()).toBe(422);
    expect(new URL(page.url()).origin).toBe(site.api);
  });
});
