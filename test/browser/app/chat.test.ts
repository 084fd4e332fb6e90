import { describe, expect, inject, it } from "vitest";
import { chooseAction, expectAnswers, expectReady, openAs, send } from "../../support/app-chat.ts";
import {
  expectAccessible,
  expectNoSidewaysScroll,
  keepScreenshot,
  newAppVisitor,
} from "../../support/app-page.ts";
import { signUpWithFiles } from "../../support/client.ts";
import { readyFile } from "../../support/files.ts";
import { release, script } from "../../support/provider.ts";

const origin = inject("platformUrl");

const answer = (...tokens: string[]) => script({ kind: "answer", tokens });

/** An answer that waits for the test after its first piece. */
const heldAnswer = (...tokens: string[]) => script({ kind: "answer", tokens, holdAfter: 1 });

describe("a chat of the page", () => {
  it("leads from the sign-up through an answer, its branches and feedback on it", async () => {
    const visitor = await newAppVisitor(origin);
    const page = await visitor.openApp();
    await page.getByRole("button", { name: "Create an account" }).click();
    await page.getByLabel("Name").fill("Ada Example");
    await page.getByLabel("E-mail").fill(`ada.${crypto.randomUUID()}@example.com`);
    await page.getByLabel("Password").fill("seven tall lamps");
    await page.getByRole("button", { name: "Create the account" }).click();

    const held = await heldAnswer("One", " two.");
    await send(page, held);
    await expectAnswers(page, "One");
    await page.getByRole("button", { name: "Stop the answer" }).click();
    await page.getByText("You stopped this answer.").waitFor();

    await page.getByRole("button", { name: "Write another answer" }).click();
    await release(held);
    await expectAnswers(page, "One two.");
    await expectReady(page);
    await page.getByText("2/2").waitFor();
    await page.getByRole("button", { name: "Previous version" }).click();
    await expectAnswers(page, "One");
    await page.getByText("1/2").waitFor();

    await page.getByRole("button", { name: "Edit your message" }).click();
    const other = await answer("Edited.");
    await page.getByLabel("Your message").fill(other);
    await page.keyboard.press("Enter");
    await expectAnswers(page, "Edited.");
    await expectReady(page);
    await page.getByRole("button", { name: "Previous version" }).click();
    // The newest answer to the message as it was.
    await expectAnswers(page, "One two.");

    await page.getByRole("button", { name: "Good answer" }).click();
    await page.getByRole("button", { name: "Good answer", pressed: true }).waitFor();
    await page.getByRole("button", { name: "Bad answer" }).click();
    await page.getByRole("textbox", { name: /What was wrong/ }).fill("It is too short.");
    await page.getByRole("button", { name: "Send feedback" }).click();
    await page.getByRole("button", { name: "Bad answer", pressed: true }).waitFor();
    expect(await page.getByRole("button", { name: "Good answer", pressed: true }).count()).toBe(0);
  });

  it("shows Markdown as elements, never as the HTML of a model", async () => {
    const person = await signUpWithFiles();
    const text = `# Deposit\n\n**Bold** and \`code\`, $x^2$ but $5 and $6.\n
| Month | Rent |\n|---|---:|\n| May | 900 |\n\n\`\`\`js\nconst a = 1;\n\`\`\`\n
<img src="https://foreign.example/a.png" onerror="alert(1)"> ![a](https://foreign.example/b.png)
[bad](javascript:alert(1)) [good](https://example.com/)`;
    const { body } = await person.post("/chat", { content: await answer(text) });
    const { page } = await openAs(person, `/app/chats/${body.chat_id}`);
    const shown = page.locator(".message-answer .markdown");
    await shown.locator("math").waitFor();
    expect(await shown.locator("h3").innerText()).toBe("Deposit");
    expect(await shown.locator("td").allInnerTexts()).toEqual(["May", "900"]);
    expect(await shown.locator("img").count()).toBe(0);
    expect(await shown.getByRole("link").allInnerTexts()).toEqual(["good"]);
    expect(await shown.innerText()).toContain("but $5 and $6.");
    await page.getByRole("button", { name: "Copy the code" }).waitFor();
    for (const width of ["desk", "phone"] as const) {
      for (const scheme of ["light", "dark"] as const) {
        await keepScreenshot(page, "chat", { width, scheme });
        await expectAccessible(page);
        await expectNoSidewaysScroll(page);
      }
    }
  });

  it("leads from a quotation to its place, and marks one that its document does not have", async () => {
    const person = await signUpWithFiles();
    const file = await readyFile(person, "The tenant pays a deposit of 900 euros in May.");
    const text = "“a deposit of 900 euros” [1], but “a deposit of 100 euros” [1].";
    const content = await answer(text);
    const { body } = await person.post("/chat", { content, file_ids: [file.id] });
    const { page } = await openAs(person, `/app/chats/${body.chat_id}`);
    await page.getByText("not found", { exact: false }).first().waitFor();
    await page
      .getByRole("button", { name: /^Source 1: “a deposit of 900 euros”/ })
      .first()
      .click();
    await page.waitForURL(/\/app\/documents\//);
    const { pathname, searchParams } = new URL(page.url());
    expect(pathname).toBe(`/app/documents/${file.id}`);
    expect(Object.fromEntries(searchParams)).toMatchObject({ start: "16", end: "38" });
    await page.locator("mark").getByText("a deposit of 900 euros").waitFor();
  });
});

describe("an answer under way", () => {
  it("goes on after a reload, and in a second tab", async () => {
    const person = await signUpWithFiles();
    const { visitor, page } = await openAs(person);
    // Once: the next prompt has this message before its own.
    const held = await script({
      kind: "answer",
      tokens: ["One", " two."],
      holdAfter: 1,
      times: 1,
    });
    await send(page, held);
    await expectAnswers(page, "One");
    await page.reload();
    await expectAnswers(page, "One");
    const second = await visitor.open(page.url());
    await expectAnswers(second, "One");
    await release(held);
    await expectAnswers(page, "One two.");
    await expectAnswers(second, "One two.");
    await expectReady(page);
    const next = await heldAnswer("Three", " four.");
    await send(page, next);
    await expectAnswers(second, "One two.", "Three");
    await release(next);
    await expectAnswers(second, "One two.", "Three four.");
    await expectReady(second);
  });

  it("goes on after five seconds without a network, visibly and with each word once", async () => {
    const person = await signUpWithFiles();
    const { visitor, page } = await openAs(person);
    visitor.expectErrors(/ERR_INTERNET_DISCONNECTED/);
    const held = await heldAnswer("One", " two", " three.");
    await send(page, held);
    await expectAnswers(page, "One");
    const since = Date.now();
    await visitor.context.setOffline(true);
    await page.getByText("Reconnecting…").waitFor();
    await release(held);
    await expect.poll(() => Date.now() - since).toBeGreaterThan(5_000);
    await expectAnswers(page, "One");
    await visitor.context.setOffline(false);
    await expectAnswers(page, "One two three.");
    await page.getByText("Reconnecting…").waitFor({ state: "detached" });
    await expectReady(page);
  });

  it("that failed says so, and is written again on request", async () => {
    const person = await signUpWithFiles();
    const { page } = await openAs(person);
    const failing = await script({ kind: "answer", errorStatus: 500, times: 4 });
    await send(page, failing);
    await page.getByText("This answer could not be completed.").waitFor();
    await script({ kind: "answer", tokens: ["Now."] }, failing);
    await page.getByRole("button", { name: "Try again" }).click();
    await expectAnswers(page, "Now.");
    await expectReady(page);
  });
});

describe("the list of chats", () => {
  it("is searched, and its chats are renamed, pinned, archived, exported and deleted", async () => {
    const person = await signUpWithFiles();
    const titles = ["Deposit", "Notice", "Repairs"];
    for (const title of titles) await person.post("/chats", { title });
    const { body } = await person.post("/chat", { content: await answer("About zebras.") });
    await person.patch(`/chats/${body.chat_id}`, { title: "Animals" });
    const { page } = await openAs(person);
    const list = page.getByRole("navigation", { name: "Chats" });
    const rows = () => list.locator(".chat-title").allInnerTexts();
    await expect.poll(rows).toEqual(["Animals", ...titles.toReversed()]);

    await list.getByRole("link", { name: "Deposit" }).click();
    await chooseAction(page, "Rename");
    await page.getByLabel("Title").fill("The old deposit");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "The old deposit" }).waitFor();
    await chooseAction(page, "Pin");
    await expect.poll(async () => (await rows())[0]).toBe("The old deposit");

    await list.getByRole("link", { name: "Notice" }).click();
    await page.getByRole("heading", { name: "Notice" }).waitFor();
    await chooseAction(page, "Archive");
    await expect.poll(rows).toEqual(["The old deposit", "Animals", "Repairs"]);
    await page.getByRole("button", { name: "Show the archived chats" }).click();
    await expect.poll(rows).toEqual(["Notice"]);
    await page.getByRole("button", { name: "Show the current chats" }).click();

    const search = page.getByRole("searchbox", { name: "Search the chats" });
    await search.fill("deposit");
    await expect.poll(rows).toEqual(["The old deposit"]);
    await search.fill("zebras");
    await page.locator(".hit").getByText("Animals").click();
    await page.getByRole("heading", { name: "Animals" }).waitFor();
    await search.fill("");

    const downloading = page.waitForEvent("download");
    await chooseAction(page, "Export as Markdown");
    expect((await downloading).suggestedFilename()).toMatch(/\.md$/);

    await chooseAction(page, "Delete");
    await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
    await page.getByText("What would you like to know?").waitFor();
    await expect.poll(rows).toEqual(["The old deposit", "Repairs"]);
  });

  it("loads its next page when its end comes into view", async () => {
    const person = await signUpWithFiles();
    await Promise.all(
      Array.from({ length: 60 }, (_, index) => person.post("/chats", { title: `Chat ${index}` })),
    );
    const { page } = await openAs(person);
    const rows = page.locator(".chat-row");
    await expect.poll(() => rows.count()).toBe(50);
    await rows.last().scrollIntoViewIfNeeded();
    await expect.poll(() => rows.count()).toBe(60);
  });
});

describe("the keyboard", () => {
  it("starts a chat, searches, goes to the message field and shows its shortcuts", async () => {
    const { page } = await openAs(await signUpWithFiles(), "/app/usage");
    await page.getByRole("heading", { name: "Usage", level: 1 }).waitFor();
    await page.keyboard.press("Control+k");
    const focused = () => page.evaluate("document.activeElement?.id");
    await expect.poll(focused).toBe("search-chats");
    await page.keyboard.press("Control+Shift+O");
    await page.getByText("What would you like to know?").waitFor();
    await page.keyboard.press("Shift+Escape");
    await expect.poll(focused).toBe("composer");
    await page.keyboard.type("One");
    await page.keyboard.press("Shift+Enter");
    await page.keyboard.type("two");
    expect(await page.getByLabel("Message", { exact: true }).inputValue()).toBe("One\ntwo");
    await page.keyboard.press("Control+/");
    await page.getByRole("dialog", { name: "Keyboard shortcuts" }).waitFor();
    await expectAccessible(page);
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
  });
});
