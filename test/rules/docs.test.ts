import { readdir, readFile, stat } from "node:fs/promises";
import { dirname, join, normalize } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { catalogue } from "../../src/lib/problem.ts";

const ROOT = join(import.meta.dirname, "..", "..");
const MOST_LINES = 200;

type Page = { path: string; text: string };

let pages: Page[];
beforeAll(async () => {
  const names = await readdir(join(ROOT, "docs"));
  // A picture is no text.
  const docs = names.filter((name) => !name.endsWith(".png")).map((name) => `docs/${name}`);
  pages = await Promise.all(
    ["README.md", ...docs].map(async (path) => ({
      path,
      text: await readFile(join(ROOT, path), "utf8"),
    })),
  );
});

const isThere = (path: string) =>
  stat(join(ROOT, path)).then(
    () => true,
    () => false,
  );

/** The links of a page, except those to other sites; by the text that they show. */
function linksOf({ path, text }: Page): { shown: string; target: string }[] {
  return [...text.matchAll(/\[([^\]]+)\]\(([^)\s]+)\)/g)]
    .filter(([, , target = ""]) => !/^[a-z]+:/.test(target))
    .map(([, shown = "", target = ""]) => ({
      shown,
      target: normalize(join(dirname(path), target.replace(/#.*/, ""))),
    }));
}

describe("The documentation", () => {
  it("begins with a README of at most 200 lines", () => {
    const [readme] = pages;
    expect(readme?.text.split("\n").length).toBeLessThanOrEqual(MOST_LINES);
  });

  it("links to existing files, under their own names", async () => {
    const links = pages.flatMap((page) =>
      linksOf(page).map((link) => ({ page: page.path, ...link })),
    );
    expect(links.length).toBeGreaterThan(30);
    for (const { page, shown, target } of links) {
      expect(await isThere(target), `${page}: ${target}`).toBe(true);
      const [, name = ""] = /^`([\w./-]+\.(?:ts|sql))`$/.exec(shown) ?? [];
      expect(target.endsWith(name), `${page}: ${shown}`).toBe(true);
    }
  });

  it("names existing paths of the source", async () => {
    for (const { path, text } of pages) {
      for (const [, named = ""] of text.matchAll(
        /`((?:src|test|local|bench|migrations)\/[\w./-]+)`/g,
      )) {
        expect(await isThere(named), `${path}: ${named}`).toBe(true);
      }
    }
  });

  it("can be reached from the README, every page of it", () => {
    const [readme] = pages;
    const targets = readme ? linksOf(readme).map(({ target }) => target) : [];
    for (const { path } of pages.slice(1)) expect(targets).toContain(path);
  });

  it("contains the catalogue of errors as its table", () => {
    const errors = pages.find(({ path }) => path === "docs/errors.md")?.text ?? "";
    const [, table] = /<!-- errors -->\n([\s\S]*)<!-- \/errors -->/.exec(errors) ?? [];
    expect(table).toBe(errorTable());
  });
});

function errorTable(): string {
  const rows = Object.entries(catalogue)
    .toSorted(([, a], [, b]) => a.status - b.status)
    .map(([code, { status, detail }]) => `| ${status} | \`${code}\` | ${detail} |\n`);
  return `| status | code | meaning |\n|---|---|---|\n${rows.join("")}`;
}
