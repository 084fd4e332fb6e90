import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compileStrictly, newWorkshop, removeWorkshop, runTool } from "../support/openapi-tools.ts";

let folder: string;
let out: string;
beforeAll(async () => {
  folder = await newWorkshop();
  out = join(folder, "out");
});
afterAll(() => removeWorkshop(folder));

/** A folder of its own for the code of a generator. */
async function newFolder(name: string): Promise<string> {
  const path = join(out, name);
  await mkdir(path, { recursive: true });
  return path;
}

/** What a client writes: it does not compile where an operation, a field or a code has another name. */
const TYPES_IN_USE = `import type { components, operations, paths } from "./schema.ts";

export const code: components["schemas"]["Problem"]["code"] = "turn_in_progress";
// @ts-expect-error: this is no code.
export const unknown: components["schemas"]["Problem"]["code"] = "turn_in_regress";
export type Sent = operations["sendMessage"]["responses"][200]["content"]["application/json"];
export type Refused = operations["sendMessage"]["responses"][409]["content"]["application/problem+json"];
export type Signed = paths["/auth/register"]["post"]["responses"][201]["content"]["application/json"];
export const textOf = ({ ai_response }: Sent): string => ai_response.content;
export const reasonOf = (problem: Refused): string => problem.detail;
export const tokenOf = ({ access_token }: Signed): string => access_token;
`;

const SDK_IN_USE = `import { createClient } from "./client";
import { listChats, sendMessage, signUp } from "./sdk.gen";

const client = createClient({ baseUrl: "http://localhost:8787" });
const body = { name: "Ada", email: "ada@example.com", password: "seven tall lamps" };
const { data: signedIn } = await signUp({ client, body });
const headers = { authorization: \`Bearer \${signedIn?.access_token}\` };
const { data: sent, error } = await sendMessage({ client, headers, body: { content: "Hello?" } });
const { data: list } = await listChats({ client, headers });
export const shown: (string | undefined)[] = [
  sent?.ai_response.content,
  error?.code,
  ...(list?.chats ?? []).map(({ title }) => title),
];
`;

const ORVAL_IN_USE = `import { listChats } from "./chats/chats";
import { sendMessage } from "./answers/answers";
import type { Problem } from "./model";

export const codeOf = ({ code }: Problem): string => code;
export async function ask(content: string): Promise<string> {
  const sent = await sendMessage({ content });
  const listed = await listChats();
  const title = listed.status === 200 ? listed.data.chats[0]?.title : undefined;
  return sent.status === 200 && "ai_response" in sent.data ? sent.data.ai_response.content : (title ?? "");
}
`;

describe("a client in strict TypeScript is generated", () => {
  it("by openapi-typescript", async () => {
    const target = await newFolder("types");
    const args = ["openapi.json", "--output", join(target, "schema.ts")];
    await runTool("openapi-typescript", "openapi-typescript", args, folder);
    await writeFile(join(target, "use.ts"), TYPES_IN_USE);
    expect(await compileStrictly(target)).toBe(2);
  });

  it("by @hey-api/openapi-ts", async () => {
    const target = await newFolder("sdk");
    const args = ["--input", "openapi.json", "--output", target, "--no-log-file"];
    await runTool("@hey-api/openapi-ts", "openapi-ts", args, folder);
    await writeFile(join(target, "use.ts"), SDK_IN_USE);
    expect(await compileStrictly(target)).toBeLessThan(40);
  });

  it("by orval, in at most 400 files", async () => {
    const target = await newFolder("orval");
    const output = {
      target: join(target, "api.ts"),
      schemas: join(target, "model"),
      client: "fetch",
      mode: "tags-split",
    };
    const settings = { api: { input: join(folder, "openapi.json"), output } };
    const path = join(folder, "orval.config.mjs");
    await writeFile(path, `export default ${JSON.stringify(settings)};`);
    await runTool("orval", "orval", ["--config", path], folder);
    await writeFile(join(target, "use.ts"), ORVAL_IN_USE);
    expect(await compileStrictly(target)).toBeLessThanOrEqual(400);
  });
});
