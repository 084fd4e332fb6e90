import { readdir, readFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";

const SRC = join(import.meta.dirname, "..", "..", "src");

type Import = { from: string; to: string; typeOnly: boolean };
type Source = { path: string; text: string };

let sources: Source[];
let imports: Import[];
beforeAll(async () => {
  const names = await readdir(SRC, { recursive: true });
  const paths = names.filter((name) => name.endsWith(".ts"));
  sources = await Promise.all(
    paths.map(async (path) => ({ path, text: await readFile(join(SRC, path), "utf8") })),
  );
  imports = sources.flatMap(importsOf);
});

/** Paths are relative to `src`; packages keep their names. */
function importsOf({ path, text }: Source): Import[] {
  const statements = text.matchAll(/^(?:import|export)\s(type\s)?[^;]*?from "([^"]+)"/gms);
  const loaded = text.matchAll(/(?<!\w)import(\s)?\("([^"]+)"\)/g);
  return [...statements, ...loaded].map(([, type, target = ""]) => ({
    from: path,
    to: target.startsWith(".") ? relative(SRC, join(SRC, dirname(path), target)) : target,
    typeOnly: type !== undefined,
  }));
}

/** From the entry down; a file may import its own layer and those below it. */
const LAYERS: [RegExp, number][] = [
  [/^index\.ts$/, 6],
  [/^(app|cron|queue)\.ts$/, 5],
  [/^features\//, 3],
  [/^(http|db|clients|limits)\//, 2],
  [/^lib\//, 1],
];

/** They construct everything, and may be imported as types everywhere. */
const CONSTRUCTORS = new Set(["env.ts", "deps.ts"]);

const layerOf = (path: string) => LAYERS.find(([pattern]) => pattern.test(path))?.[1];

const show = ({ from, to }: Import) => `${from} → ${to}`;

const featureOf = (path: string) => /^features\/([^/]+)\//.exec(path)?.[1];

/** Between features, types included; by the two names. */
function featureEdges(all: Import[]): Map<string, Import[]> {
  const between = all.filter(({ from, to }) => {
    const [source, target] = [featureOf(from), featureOf(to)];
    return source !== undefined && target !== undefined && source !== target;
  });
  return Map.groupBy(between, ({ from, to }) => `${featureOf(from)} → ${featureOf(to)}`);
}

/** The edges that remain after repeatedly removing features that import no other. */
function cyclesOf(edges: readonly string[]): string[] {
  const importers = new Set(edges.map((edge) => edge.split(" → ")[0]));
  const left = edges.filter((edge) => importers.has(edge.split(" → ")[1]));
  return left.length === edges.length ? left : cyclesOf(left);
}

describe("an import", () => {
  it("goes down, never back up", () => {
    const upward = imports.filter(({ from, to, typeOnly }) => {
      const [source, target] = [layerOf(from), layerOf(to)];
      if (CONSTRUCTORS.has(from) || CONSTRUCTORS.has(to)) return false;
      if (source === undefined || target === undefined) return false;
      return target > source && !typeOnly;
    });
    expect(upward.map(show)).toEqual([]);
  });

  it("of the composition root is of its types, except where the app, the cron and a room are created", () => {
    const values = imports.filter(
      ({ from, to, typeOnly }) =>
        to === "deps.ts" &&
        !typeOnly &&
        !["http/provide-deps.ts", "cron.ts", "queue.ts"].includes(from) &&
        !from.endsWith(".do.ts"),
    );
    const withValues = values.filter(({ from }) => {
      const text = sources.find(({ path }) => path === from)?.text ?? "";
      return /import \{[^}]*\bcreateDeps\b/.test(text);
    });
    expect(withValues.map(show)).toEqual([]);
  });

  it("within lib is of lib, or of a package", () => {
    const foreign = imports.filter(({ from, to }) => from.startsWith("lib/") && to.endsWith(".ts"));
    expect(foreign.filter(({ to }) => !to.startsWith("lib/")).map(show)).toEqual([]);
  });

  it("is never of another feature's routes", () => {
    const routes = imports.filter(({ from, to }) => {
      const feature = /^features\/[^/]+\//.exec(from)?.[0];
      return feature !== undefined && to.endsWith("routes.ts") && !to.startsWith(feature);
    });
    expect(routes.map(show)).toEqual([]);
  });

  it("of another feature never forms a cycle", () => {
    const edges = featureEdges(imports);
    const cycles = cyclesOf([...edges.keys()]);
    expect(cycles.flatMap((edge) => edges.get(edge)?.map(show) ?? [])).toEqual([]);
    expect(cyclesOf(["a → b", "b → c", "c → b", "c → d"])).toEqual(["a → b", "b → c", "c → b"]);
  });

  it("between files never forms a cycle", () => {
    const values = imports.filter(({ typeOnly }) => !typeOnly);
    const next = Map.groupBy(values, ({ from }) => from);
    const visit = (path: string, trail: string[]): string[] => {
      if (trail.includes(path)) return [...trail.slice(trail.indexOf(path)), path];
      for (const { to } of next.get(path) ?? []) {
        const circle = to.endsWith(".ts") ? visit(to, [...trail, path]) : [];
        if (circle.length > 0) return circle;
      }
      return [];
    };
    expect(visit("index.ts", [])).toEqual([]);
  });
});

/**
 * From the bottom up: a folder of turns imports itself and those before it. Files outside of them are above
 * all.
 */
const TURN_FOLDERS = ["wire", "store", "context", "generate", "room"];

function levelInTurns(path: string): number | undefined {
  const [, folder] = /^features\/turns\/(?:([^/]+)\/)?/.exec(path) ?? [];
  if (!path.startsWith("features/turns/")) return undefined;
  const level = TURN_FOLDERS.indexOf(folder ?? "");
  return level < 0 ? TURN_FOLDERS.length : level;
}

describe("an import within turns", () => {
  it("follows the direction of a turn: routes, room, generate, context, store, wire; types count", () => {
    const upward = imports.filter(({ from, to }) => {
      const [source, target] = [levelInTurns(from), levelInTurns(to)];
      return source !== undefined && target !== undefined && target > source;
    });
    expect(upward.map(show)).toEqual([]);
  });
});

/** An import of a package, or of a file of it, in whatever form. */
const of = (name: string) => new RegExp(`(from|import|import\\()\\s*"${name}[/"]`);

/** What only one file, or one kind of file, may import. */
const DOORS: [string, RegExp, RegExp][] = [
  ["the Neon driver", of("(@neondatabase|drizzle-orm/neon-http)"), /^db\/client\.ts$/],
  ["aws4fetch", of("aws4fetch"), /^clients\/(storage|mail)\.ts$/],
  ["openai", of("openai"), /^clients\/model\.ts$/],
  ["bcryptjs", of("bcryptjs"), /^features\/auth\/passwords\/bcrypt\.ts$/],
  ["jose", of("jose"), /^features\/auth\/tokens\.ts$/],
  ["@noble/hashes", of("@noble/hashes"), /^features\/auth\/password\.ts$/],
  ["oauth4webapi", of("oauth4webapi"), /^clients\/oidc\.ts$/],
  ["otpauth", of("otpauth"), /^features\/auth\/totp\/one-time-code\.ts$/],
  ["SHA-256", /subtle\.digest\(/, /^lib\/sha256\.ts$/],
  ["the runtime's own module", of("cloudflare:workers"), /\.do\.ts$/],
  ["the wall clock", /Date\.now\(|new Date\(\)|performance\./, /^lib\/clock\.ts$/],
  [
    "randomness",
    /Math\.random|getRandomValues|randomUUID/,
    /^(lib\/ids|features\/auth\/password)\.ts$/,
  ],
  ["the console", /\bconsole\./, /^lib\/log\.ts$/],
  [
    "the raw environment",
    /\bprocess\.env|\bc\.env\.[A-Z_]+(?<!CHAT_ROOM|ASSETS|FILE_JOBS|MAIL_JOBS)\b/,
    /^env\.ts$/,
  ],
];

describe("one file alone", () => {
  for (const [what, use, door] of DOORS) {
    it(`imports ${what}`, () => {
      const users = sources.filter(({ text }) => use.test(text)).map(({ path }) => path);
      expect(users.filter((path) => !door.test(path))).toEqual([]);
    });
  }
});

describe("the source", () => {
  it("has at most 300 lines per file without imports, no test branches and no disabled types", () => {
    for (const { path, text } of sources) {
      const withoutImports = text.replace(/^import [^;]*;\n/gm, "");
      expect(withoutImports.split("\n").length, path).toBeLessThanOrEqual(301);
      const code = text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, "");
      expect(code, path).not.toMatch(/: any\b|\bas any\b|NODE_ENV/);
      expect(text, path).not.toMatch(/@ts-(ignore|nocheck|expect-error)/);
    }
  });
});

const EXPORT = /^export (?:async )?(?:function\*?|const|class|type|interface|enum) (\w+)/gm;

describe("a name", () => {
  it("is exported by one file alone, types included", () => {
    const files = new Map<string, Set<string>>();
    for (const { path, text } of sources) {
      for (const [, name = ""] of text.matchAll(EXPORT)) {
        files.set(name, (files.get(name) ?? new Set()).add(path));
      }
    }
    const twice = [...files].filter(([, paths]) => paths.size > 1);
    expect(twice.map(([name, paths]) => `${name}: ${[...paths].join(", ")}`)).toEqual([]);
  });
});
