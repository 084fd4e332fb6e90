import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import OpenAI from "openai";
import { APIResource } from "openai/core/resource.mjs";
import { expect, inject, it } from "vitest";
import { KEPT_RESOURCES } from "../../local/unused-parts.ts";
import { startUpModules } from "../../local/start-up-modules.ts";
import { listModules } from "../../local/workerd.ts";

/** What the platform has to parse before it can answer the first request. */
const MOST_KIB = 380;

it(`The Worker starts with at most ${MOST_KIB} KiB of code, and loads readers of documents when it reads one`, async () => {
  const folder = inject("workerFolder");
  const atStart = await startUpModules(folder);
  const sizes = [...atStart.values()].map((code) => gzipSync(code).byteLength);
  expect(sizes.reduce((sum, size) => sum + size, 0) / 1024).toBeLessThan(MOST_KIB);
  const later = (await listModules(folder)).filter((name) => !atStart.has(name)).join(" ");
  for (const reader of [
    "pdfjs",
    "postal-mime",
    "jschardet",
    "queue",
    "common-passwords",
    "otpauth",
    "archive",
    "describe",
  ]) {
    expect(later).toContain(reader);
  }
});

it("Of the provider's client the source uses only what the build keeps", async () => {
  const client = new OpenAI({ apiKey: "none" });
  const resources = Object.keys(client).filter((name) => {
    const value: unknown = Reflect.get(client, name);
    return value instanceof APIResource;
  });
  const sources = await readSources("clients");
  const isUsed = (name: string) => sources.some((text) => text.includes(`.${name}.`));
  expect(resources.length).toBeGreaterThan(10);
  expect(resources.filter((name) => isUsed(name) && !KEPT_RESOURCES.includes(name))).toEqual([]);
});

it("The provider's client signs in with a key, and hands over responses as they are", async () => {
  const sources = await readSources("clients");
  const client = sources.find((text) => text.includes("new OpenAI(")) ?? "";
  const posts = [...client.matchAll(/\.post\(.*/g)].map(([call]) => call);
  expect(posts.length).toBeGreaterThan(0);
  expect(posts.filter((call) => !call.includes(".asResponse()"))).toEqual([]);
  const leftOut = /workloadIdentity|x509|credential:|defaultQuery|toFile/;
  expect(leftOut.exec(client)?.[0]).toBeUndefined();
});

it("No source calls the compiler of schemas, which the build leaves out", async () => {
  const sources = await readSources("");
  expect(sources.length).toBeGreaterThan(100);
  expect(
    sources.filter((text) => /zod\/compile|\bz\.(?:compile|fromJSONSchema)\b/.test(text)),
  ).toEqual([]);
});

it("Of Neon's driver the Worker has the calls over HTTP, not the protocol of sockets", async () => {
  const codes = [...(await startUpModules(inject("workerFolder"))).values()].join("");
  const words = ["Neon-Connection-String", "SCRAM-SHA-256", "INSPECT_MAX_BYTES", "allowExitOnIdle"];
  expect(words.filter((word) => codes.includes(word))).toEqual(["Neon-Connection-String"]);
});

/** The files of a folder in `src` and below. */
async function readSources(folder: string): Promise<string[]> {
  const root = join(import.meta.dirname, "..", "..", "src", folder);
  const paths = (await readdir(root, { recursive: true })).filter((name) => name.endsWith(".ts"));
  return Promise.all(paths.map((path) => readFile(join(root, path), "utf8")));
}
