import { expect, it } from "vitest";
import { z } from "zod";
import { createSealedBox, createTicketBox } from "../../src/features/auth/sealed-box.ts";

const SECRET = "a secret of at least 32 characters, for this test";
const box = createSealedBox(SECRET, "one purpose");

it("opens what it sealed, with the same context alone", async () => {
  const sealed = await box.seal("seven tall lamps", "ada");
  expect(sealed).toMatch(/^[\w-]+$/);
  expect(await box.open(sealed, "ada")).toBe("seven tall lamps");
  expect(await box.open(sealed, "eve")).toBeUndefined();
  expect(await box.open(sealed)).toBeUndefined();
  expect(await box.seal("seven tall lamps", "ada")).not.toBe(sealed);
});

it("opens nothing of another purpose or secret, nothing that was changed, and nothing invented", async () => {
  const sealed = await box.seal("seven tall lamps");
  for (const other of [
    createSealedBox(SECRET, "another purpose"),
    createSealedBox(`${SECRET}.`, "one purpose"),
  ]) {
    expect(await other.open(sealed)).toBeUndefined();
  }
  for (let index = 0; index < sealed.length - 1; index++) {
    const flipped = sealed[index] === "A" ? "B" : "A";
    const changed = sealed.slice(0, index) + flipped + sealed.slice(index + 1);
    expect(await box.open(changed)).toBeUndefined();
  }
  for (const text of ["", "x", "?", sealed.slice(0, 16), sealed.slice(4), "€", "a.b.c"]) {
    expect(await box.open(text)).toBeUndefined();
  }
});

it("reads a ticket until it expires", async () => {
  let now = 1_000_000;
  const tickets = createTicketBox(box, z.object({ id: z.string() }), 60, () => now);
  const ticket = await tickets.issue({ id: "one" });
  expect(await tickets.read(ticket)).toEqual({ id: "one" });
  now += 59_999;
  expect(await tickets.read(ticket)).toEqual({ id: "one" });
  now += 1;
  expect(await tickets.read(ticket)).toBeUndefined();
  const others = createTicketBox(box, z.object({ name: z.string() }), 60, () => now);
  expect(await tickets.read(await others.issue({ name: "one" }))).toBeUndefined();
});
