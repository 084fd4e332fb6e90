/** Files that are written as a whole or not at all. */
import { randomBytes } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";

/** A unique name. */
export function newName(): string {
  return randomBytes(16).toString("hex");
}

/** Writes a stream to a new file; if it breaks off, there is none. */
export async function writeBytes(path: string, source: AsyncIterable<Buffer>): Promise<void> {
  try {
    await pipeline(source, createWriteStream(path, { flags: "wx" }));
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  }
}

/** Creates or replaces a JSON file. */
export async function writeJson(path: string, value: unknown): Promise<void> {
  const fresh = `${path}.${newName()}.new`;
  await writeFile(fresh, JSON.stringify(value));
  await rename(fresh, path);
}

const JSON_FILE = /^[^.]+\.json$/;

/** Every JSON document of a folder, which is created if missing. */
export async function readJsonFiles<T>(folder: string): Promise<T[]> {
  await mkdir(folder, { recursive: true });
  const names = (await readdir(folder)).filter((name) => JSON_FILE.test(name));
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), "utf8")));
  return texts.map((text) => JSON.parse(text) as T);
}

/** Removes what a crash left: every file except the named ones. */
export async function keepOnly(folder: string, names: Set<string>): Promise<void> {
  await mkdir(folder, { recursive: true });
  const others = (await readdir(folder)).filter((name) => !names.has(name));
  await Promise.all(others.map((name) => rm(join(folder, name), { recursive: true })));
}
