import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { watchBuild } from "../../local/dev/watch-build.ts";
import { makeFolder } from "../../local/scratch.ts";
import { watchPage } from "../../local/web-build.ts";
import { until } from "../support/until.ts";

let folder: Awaited<ReturnType<typeof makeFolder>>;
beforeAll(async () => {
  folder = await makeFolder("watch-build");
});
afterAll(() => folder.remove());

it("A changed source replaces the modules, and a broken one leaves them in place", async () => {
  const [entry, modules] = [join(folder.path, "worker.ts"), join(folder.path, "modules")];
  await writeFile(join(folder.path, "late.ts"), "export const late: string = 'late';");
  await writeFile(entry, "export const load = () => import('./late.ts');");
  const building = await watchBuild(entry, modules);
  const built = () => readFile(join(modules, "index.js"), "utf8");
  const chunks = async () => (await readdir(modules)).filter((name) => name.startsWith("late-"));
  const [index, chunk] = [await built(), await chunks()];
  expect(index).toContain("late-");
  expect(chunk).toHaveLength(2);

  await writeFile(entry, "export const load = (");
  await writeFile(join(folder.path, "late.ts"), "export const late: string = 'later';");
  await expect(building.rebuild()).rejects.toThrow("Build failed");
  expect([await built(), await chunks()]).toEqual([index, chunk]);
  await writeFile(entry, "export const load = () => import('./late.ts'); // Corrected");
  await until(async () => (await built()) !== index);
  await until(async () => (await chunks()).length === 2);
  expect(await chunks()).not.toEqual(chunk);
  await building.dispose();
});

it("A page that is built again names its files, and those of earlier pages stay", async () => {
  const [scripts, document] = [join(folder.path, "scripts"), join(folder.path, "page.html")];
  let builds = 0;
  const watching = await watchPage({ folder: scripts, document }, async () => void builds++);
  await writeFile(join(scripts, "page-EARLIER.js"), "export {};");
  await watching.rebuild();
  await watching.dispose();
  expect(builds).toBe(2);
  const html = await readFile(document, "utf8");
  const named = [...html.matchAll(/"\/app\/assets\/([^"]+)"/g)].map(([, name = ""]) => name);
  expect(named.filter((name) => name.startsWith("page-"))).toHaveLength(1);
  expect(await readdir(scripts)).toEqual(expect.arrayContaining([...named, "page-EARLIER.js"]));
});
