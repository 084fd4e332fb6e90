import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { PYTHON_CLIENTS } from "../../local/python-clients.ts";
import { folderOfAi, type Version, VERSIONS } from "../support/ai-sdk-package.ts";

const ROOT = join(import.meta.dirname, "..", "..");
const PAGES = ["README.md", "docs/frontends.md", "docs/ai-sdk.md", "docs/openai.md"];

/** Packages of others that tests run as clients. */
const CLIENTS = [
  "@ai-sdk/react",
  "@ai-sdk/workflow",
  "@assistant-ui/react",
  "@assistant-ui/react-ai-sdk",
  "openai",
  "@langchain/openai",
  "langchain-openai",
  "@ai-sdk/openai-compatible",
  "@durable-streams/client",
  "@hey-api/openapi-ts",
  "openapi-typescript",
  "orval",
];

type Manifest = {
  version?: string;
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
};

const readManifest = async (folder: string): Promise<Manifest> =>
  JSON.parse(await readFile(join(folder, "package.json"), "utf8"));

/** A dependency, which may have another name here: `npm:@scope/name@1.2.3`. */
function toPackage([name, version]: [string, string]): [string, string] {
  const [, realName = name, realVersion = version] = /^npm:(.+)@([^@]+)$/.exec(version) ?? [];
  return [realName, realVersion];
}

/** The versions by the package's name. */
async function installedVersions(): Promise<Map<string, string[]>> {
  const manifests = await Promise.all([readManifest(ROOT), readManifest(join(ROOT, "openapi"))]);
  const packages = manifests.flatMap(({ dependencies, devDependencies }) =>
    Object.entries({ ...dependencies, ...devDependencies }).map(toPackage),
  );
  const versions = Map.groupBy(packages, ([name]) => name);
  const installed = new Map([...versions].map(([name, of]) => [name, of.map(([, v]) => v)]));
  const majors = Object.keys(VERSIONS).map(Number) as Version[];
  const ai = await Promise.all(majors.map((major) => readManifest(folderOfAi(major))));
  for (const { name, version } of PYTHON_CLIENTS) {
    installed.set(name, [...(installed.get(name) ?? []), version]);
  }
  return installed.set(
    "ai",
    ai.map(({ version = "" }) => version),
  );
}

const NUMBER = String.raw`\d+\.\d+\.\d+`;
const NAMED = new RegExp(`\`([@a-z][\\w./-]*)\` ((?:${NUMBER}(?:, | and )?)+)`, "g");

/** The versions that a page names behind a package's name. */
async function namedVersions(page: string): Promise<[string, string[]][]> {
  const text = await readFile(join(ROOT, page), "utf8");
  return [...text.matchAll(NAMED)].map(([, name = "", versions = ""]) => [
    name,
    versions.match(new RegExp(NUMBER, "g")) ?? [],
  ]);
}

describe("the versions of clients in the documents", () => {
  it.each(PAGES)("are those that the tests run: %s", async (page) => {
    const installed = await installedVersions();
    const wrong = (await namedVersions(page)).flatMap(([name, versions]) =>
      versions
        .filter((version) => !installed.get(name)?.includes(version))
        .map((version) => `${name} ${version}`),
    );
    expect(wrong).toEqual([]);
  });

  it("are all in the README's table", async () => {
    const installed = await installedVersions();
    const named = new Map(await namedVersions("README.md"));
    for (const name of CLIENTS) {
      expect(named.get(name)?.toSorted(), name).toEqual(installed.get(name)?.toSorted());
    }
  });
});
