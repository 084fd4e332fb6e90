import { setImmediate as nextTurn } from "node:timers/promises";
import { expect, inject, it } from "vitest";
import { createDeps } from "../../../src/deps.ts";
import type { Env } from "../../../src/env.ts";
import { search } from "../../../src/features/search/search.ts";
import { newChat } from "../../support/chats.ts";
import { signUp } from "../../support/client.ts";

/** Unhandled rejections. */
async function unhandledIn(run: () => Promise<void>): Promise<unknown[]> {
  const found: unknown[] = [];
  const note = (reason: unknown) => void found.push(reason);
  process.on("unhandledRejection", note);
  await run();
  await nextTurn();
  process.off("unhandledRejection", note);
  return found;
}

it.each(["messages", "files", undefined] as const)(
  "A search in another user's chat leaves no unhandled rejection, in scope %s",
  async (scope) => {
    const [ada, eve] = await Promise.all([signUp(), signUp()]);
    const chat_id = await newChat(eve);
    const deps = createDeps(inject("vars") as unknown as Env);
    const asked = { q: "What about the deposit then", chat_id, limit: 20, ...(scope && { scope }) };
    const keep = () => undefined;
    const unhandled = await unhandledIn(async () => {
      const found = search({ ...deps, keep }, ada.user.id, asked);
      await expect(found).rejects.toMatchObject({ code: "not_found" });
    });
    expect(unhandled).toEqual([]);
  },
);
