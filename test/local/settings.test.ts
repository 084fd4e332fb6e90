import { chmod, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { unstable_getVarsForDev } from "wrangler";
import { ensureDevVars, readSettings, writeSettings } from "../../local/settings.ts";
import { makeFolder } from "../../local/scratch.ts";

const EXAMPLE = join(import.meta.dirname, "..", "..", ".dev.vars.example");

let folder: Awaited<ReturnType<typeof makeFolder>>;
beforeAll(async () => {
  folder = await makeFolder("local-settings");
});
afterAll(() => folder.remove());

/** A path of this test's own, not written yet. */
const newFile = () => join(folder.path, crypto.randomUUID());

async function fileOf(text: string): Promise<string> {
  const path = newFile();
  await writeFile(path, text);
  return path;
}

const modeOf = async (path: string) => (await stat(path)).mode & 0o777;

describe("the first start", () => {
  it("creates a settings file that only the user can read, with a fresh secret", async () => {
    const [one, other] = [newFile(), newFile()];
    await ensureDevVars(one, EXAMPLE);
    await ensureDevVars(other, EXAMPLE);
    expect(await modeOf(one)).toBe(0o600);
    const { SECRET_KEY = "", ...rest } = await readSettings(one, {});
    expect(SECRET_KEY.length).toBeGreaterThanOrEqual(32);
    expect(SECRET_KEY).not.toBe((await readSettings(other, {})).SECRET_KEY);
    expect(rest).toEqual({});
  });

  it("leaves an existing file alone", async () => {
    const path = await fileOf("SECRET_KEY=mine\n");
    await ensureDevVars(path, EXAMPLE);
    expect(await readFile(path, "utf8")).toBe("SECRET_KEY=mine\n");
  });
});

it("Only the user can read the file for wrangler, also where others could read an older one", async () => {
  const path = await fileOf("SECRET_KEY=old\n");
  await chmod(path, 0o644);
  await writeSettings(path, { SECRET_KEY: "new" });
  expect(await modeOf(path)).toBe(0o600);
  expect(await readSettings(path, {})).toEqual({ SECRET_KEY: "new" });
});

describe("a setting", () => {
  const FILE = "SECRET_KEY=of the file\nOPENAI_API_KEY='of the file'\nDEFAULT_MODEL=\n";

  it("comes from the file, unless the environment has the name, where an empty value unsets it", async () => {
    const path = await fileOf(FILE);
    const env = { OPENAI_API_KEY: "", TITLE_MODEL: "of the environment" };
    expect(await readSettings(path, {})).toEqual({
      SECRET_KEY: "of the file",
      OPENAI_API_KEY: "of the file",
    });
    expect(await readSettings(path, env)).toEqual({
      SECRET_KEY: "of the file",
      TITLE_MODEL: "of the environment",
    });
    expect(await readSettings(path, { SECRET_KEY: "other" })).toMatchObject({
      SECRET_KEY: "other",
    });
  });

  it("is not read from names that the Worker does not know", async () => {
    expect(await readSettings(await fileOf("PATH=x\nHOME=y\n"), { USER: "z" })).toEqual({});
  });

  it("may come from the environment alone, without a file", async () => {
    expect(await readSettings(newFile(), { APP_URL: "https://x" })).toEqual({
      APP_URL: "https://x",
    });
  });

  it("may come from a file that was saved on Windows", async () => {
    const path = await fileOf('SECRET_KEY=abc\r\nAPP_URL="https://x"\r\n');
    expect(await readSettings(path, {})).toEqual({ SECRET_KEY: "abc", APP_URL: "https://x" });
  });
});

/** What `wrangler dev --env-file` reads from the file, by its own parser. */
async function throughWrangler(settings: Record<string, string>) {
  const path = newFile();
  await writeSettings(path, settings);
  expect(await modeOf(path)).toBe(0o600);
  const config = join(folder.path, "wrangler.toml");
  const read = Object.entries(unstable_getVarsForDev(config, [path], {}, undefined, true));
  return Object.fromEntries(read.map(([name, binding]) => [name, binding.value]));
}

describe("a value passed to wrangler", () => {
  it.each([
    ["a sign of a comment", "a #b # c"],
    ["single quotes", "it's"],
    ["double quotes", `say "it"`],
    ["single and double quotes", `it's "said"`],
    ["all quotes but the double", "it's `said`"],
    ["several lines", "\none\n\ntwo\n"],
    ["an equals sign and spaces around", "  KEY=value  "],
    ["what looks like names to be replaced", "$HOME ${PATH} ${NONE:-x} $$ \\$HOME $"],
    ["backslashes", "C:\\new\\ \\\\ \\"],
    ["other alphabets", "Größe 𝒳 \u2028"],
    ["JSON", `{"a":["b\\n",'$c']}`],
  ])("is read back unchanged: %s", async (_title, value) => {
    const settings = { SYSTEM_PROMPT: value, SECRET_KEY: "the next" };
    expect(await throughWrangler(settings)).toEqual(settings);
  });

  it("is read back unchanged, or refused by its name, whatever it contains", async () => {
    const character = fc.constantFrom(...Array.from("'`\"\\$#\n {}=a_:-nr"));
    const text = fc.string({ unit: character, minLength: 1, maxLength: 12 });
    const isKept = async (SYSTEM_PROMPT: string) => {
      const settings = { SYSTEM_PROMPT, SECRET_KEY: "the next" };
      const read = await throughWrangler(settings).catch((error: Error) => error.message);
      if (typeof read === "string") return read.startsWith("SYSTEM_PROMPT contains");
      return isDeepStrictEqual(read, settings);
    };
    await expect(fc.assert(fc.asyncProperty(text, isKept), { numRuns: 300 })).resolves.toBe(
      undefined,
    );
  });

  it.each([
    ["all three kinds of quotation marks", "'`\""],
    ["marks that leave only one in which \\n is the end of a line", "'` \\n"],
  ])("is refused, by its name, when it contains %s", async (_title, value) => {
    const refused = writeSettings(newFile(), { SYSTEM_PROMPT: value });
    await expect(refused).rejects.toThrow(/^SYSTEM_PROMPT contains/);
  });
});
