import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { listCommonPasswords, render } from "../../local/common-passwords.ts";
import { isCommonPassword } from "../../src/features/auth/common-passwords.ts";
import { decodeHashes, encodeHashes, hashOf } from "../../src/features/auth/hash-list.ts";

const GENERATED = join(import.meta.dirname, "../../src/features/auth/common-passwords.json");
const MOST_BYTES = 110_000;

let common: string[];
beforeAll(async () => {
  common = await listCommonPasswords();
});

describe("the common passwords", () => {
  it("are tens of thousands, in few bytes, as the generator derives them from the lists", async () => {
    const generated = await readFile(GENERATED, "utf8");
    expect(common.length).toBeGreaterThan(25_000);
    expect(generated.length).toBeLessThan(MOST_BYTES);
    expect(generated).toBe(render(common));
  });

  it("are all recognised", async () => {
    const missing: string[] = [];
    for (const password of common) if (!(await isCommonPassword(password))) missing.push(password);
    expect(missing).toEqual([]);
  });

  it("hardly match anything else", async () => {
    const known = new Set(common);
    const others = Array.from({ length: 200_000 }, (_, index) => `${index} tall lamps`);
    let mistaken = 0;
    for (const text of others) if (!known.has(text) && (await isCommonPassword(text))) mistaken++;
    expect(mistaken).toBeLessThanOrEqual(6);
  });
});

describe("a list of hashes", () => {
  it("is read as it was written, whatever the differences", () => {
    const hashes = [0, 1, 127, 128, 129, 16_511, 2 ** 31, 2 ** 32 - 1];
    const bytes = Buffer.from(encodeHashes([...hashes.toReversed(), 127])).toString("base64");
    expect([...decodeHashes(bytes)]).toEqual(hashes);
  });

  it("contains the unsigned hash of any text", () => {
    for (const text of ["", "a", "密码", "\ud800", "x".repeat(1_000)]) {
      expect(hashOf(text)).toBeGreaterThanOrEqual(0);
      expect(hashOf(text)).toBeLessThan(2 ** 32);
    }
  });
});
