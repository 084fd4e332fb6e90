import { describe, expect, it } from "vitest";
import { openAs, send } from "../../support/app-chat.ts";
import { signUpWithFiles } from "../../support/client.ts";

describe("the field for a message", () => {
  it("keeps a document for the message it was chosen for, though another chat is open when it is stored", async () => {
    const person = await signUpWithFiles();
    const { body: lease } = await person.post("/chats", { title: "The lease" });
    await person.post("/chats", { title: "The sale" });
    const { page } = await openAs(person, `/app/chats/${lease.id}`);
    const { promise: released, resolve: store } = Promise.withResolvers<void>();
    await page.route("**/files/upload", async (route) => {
      await released;
      await route.continue();
    });
    const file = {
      name: "note.txt",
      mimeType: "text/plain",
      buffer: Buffer.from("The rent is due."),
    };
    await page.getByLabel("Files to upload").setInputFiles([file]);
    await page.getByRole("list", { name: "Uploads" }).getByText("note.txt").waitFor();
    await page.getByRole("link", { name: "The sale" }).click();
    await page.getByRole("heading", { name: "The sale" }).waitFor();
    store();
    await page.getByRole("list", { name: "Uploads" }).waitFor({ state: "detached" });
    const attached = page.getByRole("list", { name: "Attached documents" });
    expect(await attached.count()).toBe(0);
    await page.getByRole("link", { name: "The lease" }).click();
    await attached.getByText("note.txt").waitFor();
  });

  it("puts a message that was refused back, with the reason", async () => {
    const person = await signUpWithFiles();
    const { visitor, page } = await openAs(person);
    visitor.expectErrors(/status of 4\d\d/);
    await page.route("**/ai-sdk/chat", (route) =>
      route.fulfill({ status: 429, contentType: "text/plain", body: "Your budget is used up." }),
    );
    await send(page, "Hello?");
    await page.getByText("Your budget is used up.").waitFor();
    await expect
      .poll(() => page.getByLabel("Message", { exact: true }).inputValue())
      .toBe("Hello?");
  });

  it("creates one chat, though the response that it exists is lost", async () => {
    const person = await signUpWithFiles();
    const { visitor, page } = await openAs(person);
    visitor.expectErrors(/ERR_FAILED/);
    await page.route(
      "**/chats",
      async (route) => {
        await route.fetch();
        await route.abort();
      },
      { times: 1 },
    );
    await send(page, "Hello?");
    const field = page.getByLabel("Message", { exact: true });
    await expect.poll(() => field.inputValue()).toBe("Hello?");
    await page.keyboard.press("Enter");
    await page.waitForURL(/chats/);
    expect((await person.get("/chats")).body.total).toBe(1);
  });

  it("creates another chat, where the one of a lost response was deleted since", async () => {
    const person = await signUpWithFiles();
    const { visitor, page } = await openAs(person);
    visitor.expectErrors(/ERR_FAILED|status of 404/);
    await page.route(
      "**/chats",
      async (route) => {
        const response = await route.fetch();
        const { id } = await response.json();
        await person.delete(`/chats/${id}`);
        await route.abort();
      },
      { times: 1 },
    );
    await send(page, "Hello?");
    const field = page.getByLabel("Message", { exact: true });
    await expect.poll(() => field.inputValue()).toBe("Hello?");
    await page.keyboard.press("Enter");
    await page.waitForURL(/chats/);
    expect((await person.get("/chats")).body.total).toBe(1);
  });

  it("keeps what was written while a message was refused", async () => {
    const { visitor, page } = await openAs(await signUpWithFiles());
    visitor.expectErrors(/status of 4\d\d/);
    const { promise: written, resolve: refuse } = Promise.withResolvers<void>();
    await page.route("**/ai-sdk/chat", async (route) => {
      await written;
      await route.fulfill({ status: 429, contentType: "text/plain", body: "Try again later." });
    });
    await send(page, "Hello?");
    await page.waitForURL(/chats/);
    const field = page.getByLabel("Message", { exact: true });
    await field.fill("And the deposit?");
    refuse();
    await page.getByText("Try again later.").waitFor();
    await expect.poll(() => field.inputValue()).toBe("Hello?\n\nAnd the deposit?");
  });
});
