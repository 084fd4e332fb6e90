import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { beforeAll, describe, expect, it } from "vitest";
import { DocumentText } from "../../src/features/citations/document-text.ts";
import { locate } from "../../src/features/citations/locate.ts";
import { toNormal } from "../../src/features/citations/normal-form.ts";
import { HOSTILE_TEXTS } from "../fixtures/normal-form.ts";

const CHILD = join(import.meta.dirname, "..", "support", "normal-form-child.ts");
/** Garbage is collected soon, so that the peak is what is really held. */
const SMALL_HEAP = "--max-old-space-size=64";

/** The limit of the heap, and the buffers of four units for each character. */
const MOST_MIB = 64 + 64;

type Growth = { units: number; grownMiB: number };

async function growthOf(name: string): Promise<Growth> {
  const { stdout } = await promisify(execFile)(process.execPath, [SMALL_HEAP, CHILD, name]);
  return JSON.parse(stdout) as Growth;
}

const HOSTILE = Object.keys(HOSTILE_TEXTS).filter((name) => name !== "plain letters");

describe("the normal form of a million characters", () => {
  let plain: Growth;
  beforeAll(async () => {
    plain = await growthOf("plain letters");
  });

  it.each(HOSTILE)("takes bounded memory with %s", async (name) => {
    const { units, grownMiB } = await growthOf(name);
    expect(units).toBeLessThanOrEqual(4_000_000);
    expect(grownMiB - plain.grownMiB).toBeLessThan(MOST_MIB);
  });
});

it("No character becomes more than four units", () => {
  const long: string[] = [];
  for (let point = 0; point <= 0x10_ffff; point++) {
    const character = String.fromCodePoint(point);
    if (character.normalize("NFKD").length <= 4) continue;
    if (toNormal(character).units.length > 4) long.push(point.toString(16));
  }
  expect(long).toEqual([]);
});

it("A quotation with a character that is not normalised is found", () => {
  const text =
    "In the name of the founder \uFDFA the parties agree on \u3316 5 of rice, \uFB01rst grade.";
  const document = new DocumentText([{ page: 1, start: 0, text }]);
  const find = (quote: string) => locate(document, quote)?.quote;
  expect(find("the founder \uFDFA the parties agree")).toBe("the founder \uFDFA the parties agree");
  expect(find("agree on \u3316 5 of rice, first grade")).toBe(
    "agree on \u3316 5 of rice, \uFB01rst grade",
  );
  expect(find("the founder \uFDFB the parties agree")).toBeUndefined();
});
