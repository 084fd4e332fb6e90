import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expectText, newVisitor, type Visitor } from "../support/browser.ts";
import { type BrowserSite, startBrowserSite } from "../support/browser-site.ts";
import { signUp } from "../support/client.ts";
import { ask, openSignedIn } from "../support/frontend.ts";
import { release, script } from "../support/provider.ts";
import { tokensAt } from "../support/tokens.ts";

const MINUTE = 60_000;

let site: BrowserSite;
beforeAll(async () => {
  site = await startBrowserSite();
});
afterAll(() => site.close());

/** An answer that waits for the test after its first word. */
const heldAnswer = () => script({ kind: "answer", tokens: ["One ", "two."], holdAfter: 1 });

const answer = (...tokens: string[]) => script({ kind: "answer", tokens });

/** Replaces the access token by the one that the session had sixteen minutes ago. */
async function expireAccessToken({ context, cookiesOf }: Visitor): Promise<string> {
  const { access_token: current = "" } = await cookiesOf(site.api);
  const claims = await tokensAt(0).readAccess(current);
  if (!claims) throw new Error("the browser is not signed in");
  const value = await tokensAt(-16 * MINUTE).issueAccess(claims);
  const attributes = { url: site.api, httpOnly: true, sameSite: "Lax" } as const;
  await context.addCookies([{ name: "access_token", value, ...attributes }]);
  return value;
}

describe("a page that is signed in by cookie", () => {
  it("shows an answer while it is generated", async () => {
    const visitor = await newVisitor();
    const page = await openSignedIn(visitor, site, await signUp());
    const marker = await heldAnswer();
    await ask(page, marker);
    await expectText(page, "#answer", "One ");
    await release(marker);
    await expectText(page, "#answer", "One two.");
    await expectText(page, "#state", "Complete");
  });

  it("follows a running answer after a reload, by EventSource", async () => {
    const visitor = await newVisitor();
    const page = await openSignedIn(visitor, site, await signUp());
    const marker = await heldAnswer();
    await ask(page, marker);
    await expectText(page, "#answer", "One ");
    await page.reload();
    await expectText(page, "#answer", "One ");
    await release(marker);
    await expectText(page, "#answer", "One two.");
    await expectText(page, "#state", "Complete");
  });

  it("survives the end of the access token, in the middle of a chat", async () => {
    const visitor = await newVisitor();
    const page = await openSignedIn(visitor, site, await signUp());
    await ask(page, await answer("Before."));
    await expectText(page, "#answer", "Before.");
    const expired = await expireAccessToken(visitor);
    await ask(page, await answer("After."));
    await expectText(page, "#answer", "After.");
    await expectText(page, "#state", "Complete");
    const { access_token: renewed = "" } = await visitor.cookiesOf(site.api);
    expect(renewed).not.toBe(expired);
    expect(await tokensAt(0).readAccess(renewed)).toBeDefined();
  });

  it("survives it in ten requests at once, and stays signed in afterwards", async () => {
    const visitor = await newVisitor();
    const ada = await signUp();
    const page = await openSignedIn(visitor, site, ada);
    for (let round = 0; round < 2; round++) {
      await expireAccessToken(visitor);
      const statuses = await page.evaluate(async (api) => {
        const init = { credentials: "include" } as const;
        const sent = Array.from({ length: 10 }, () => fetch(`${api}/chats`, init));
        return (await Promise.all(sent)).map(({ status }) => status);
      }, site.api);
      expect(statuses).toEqual(Array.from({ length: 10 }, () => 200));
    }
    await page.reload();
    await expectText(page, "#name", ada.user.name);
  });

  it("opens a live socket with a ticket, and reads an answer from it", async () => {
    const visitor = await newVisitor();
    const page = await openSignedIn(visitor, site, await signUp());
    const types = await page.evaluate(
      async ({ api, content }) => {
        const send = async (path: string, body: object) => {
          const headers = { "content-type": "application/json" };
          const init = { method: "POST", headers, credentials: "include" } as const;
          return (await fetch(api + path, { ...init, body: JSON.stringify(body) })).json();
        };
        const { id } = await send("/chats", { title: "Live" });
        const { ticket } = await send("/ws/tickets", { chat_id: id });
        const socket = new WebSocket(
          `${api.replace("http", "ws")}/chats/${id}/ws?ticket=${ticket}`,
        );
        const frames: string[] = [];
        const isComplete = new Promise((resolve, reject) => {
          socket.addEventListener("error", reject);
          socket.addEventListener("message", ({ data }) => {
            frames.push(JSON.parse(data).type);
            if (frames.at(-1) === "stream_complete") resolve(undefined);
          });
        });
        await new Promise((resolve) => socket.addEventListener("open", resolve));
        await send(`/chats/${id}/messages`, { content });
        await isComplete;
        socket.close();
        return frames;
      },
      { api: site.api, content: await answer("Over the socket.") },
    );
    expect(types).toContain("content_delta");
  });
});
