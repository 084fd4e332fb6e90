/**
 * Opens an Office package by its content types and relationships (ECMA-376 part 2, sections 6.2.3 and 6.5).
 * Only these determine what a part is, because names and folders of parts are arbitrary.
 */
import type { ByteSource } from "../byte-source.ts";
import { parsePart } from "./xml-part.ts";
import { InflatedBytes, readPart } from "../zip.ts";
import { readZipDirectory, type ZipDirectory } from "../zip-directory.ts";

export type OfficePackage = {
  directory: ZipDirectory;
  /** The name of the main part; undefined if the package has none. */
  mainPart: string | undefined;
  /** The content type of a part by its name; undefined if it is not declared. */
  contentTypeOf: (name: string) => string | undefined;
};

/** A relationship of a part: its id, its type, and the name of the target part in the package. */
export type Relationship = { id: string; type: string; target: string };

const TYPES = "[content_types].xml";
const MAIN = /\.main\+xml$/;
/** The most bytes of the content types or of one part of relationships, stored and inflated. */
const LARGEST_STORED = 512 * 1024;
const LARGEST_INFLATED = 4_000_000;

/** Opens a package; undefined for a ZIP without content types. Throws `damaged` or `too_large`. */
export async function openPackage(source: ByteSource): Promise<OfficePackage | undefined> {
  const directory = await readZipDirectory(source);
  if (!directory?.has(TYPES)) return undefined;
  const types = new ContentTypes();
  await readMarkup(source, directory, TYPES, types.open);
  const relationships = await readRelationships(source, directory, "");
  const main = relationships.find(({ type }) => type === "officedocument")?.target;
  return {
    directory,
    // A package without relationships is accepted if a part has the content type of a main part.
    mainPart: [main, ...types.namesOf(MAIN)].find(
      (name) => name !== undefined && directory.has(name),
    ),
    contentTypeOf: types.of,
  };
}

/** The internal relationships of a part, or of the package itself for ""; empty if there are none. */
export async function readRelationships(
  source: ByteSource,
  directory: ZipDirectory,
  part: string,
): Promise<Relationship[]> {
  const folder = part.slice(0, part.lastIndexOf("/") + 1);
  const found: Relationship[] = [];
  const name = `${folder}_rels/${part.slice(folder.length)}.rels`;
  await readMarkup(source, directory, name, (element, attributes) => {
    if (element !== "relationship" || attributes.TargetMode === "External") return;
    const type = (attributes.Type ?? "").split("/").at(-1)?.toLowerCase() ?? "";
    const target = resolve(folder, attributes.Target ?? "");
    if (target !== undefined) found.push({ id: attributes.Id ?? "", type, target });
  });
  return found;
}

/** A target is a relative reference (RFC 3986) with the folder of the part as its base. */
function resolve(folder: string, target: string): string | undefined {
  const url = URL.parse(target, `part:///${folder}`);
  if (url?.protocol !== "part:") return undefined;
  try {
    return decodeURIComponent(url.pathname).replace(/^\/+/, "").toLowerCase();
  } catch {
    return undefined;
  }
}

type OpenElement = (name: string, attributes: Record<string, string>) => void;

/** Calls `open` for each element with its local name in lower case. Does nothing if the part is missing. */
async function readMarkup(
  source: ByteSource,
  directory: ZipDirectory,
  name: string,
  open: OpenElement,
): Promise<void> {
  const entry = directory.get(name);
  if (!entry) return;
  const part = await readPart(source, entry, LARGEST_STORED);
  const handler = {
    open: (element: string, attributes: Record<string, string>) =>
      open((element.split(":").at(-1) ?? "").toLowerCase(), attributes),
    close: () => undefined,
    text: () => undefined,
  };
  for (const _ of parsePart(part, new InflatedBytes(LARGEST_INFLATED), handler));
}

/** The content types of parts, by name or by file extension. */
class ContentTypes {
  readonly #byName = new Map<string, string>();
  readonly #byEnding = new Map<string, string>();

  readonly open: OpenElement = (element, attributes) => {
    const type = (attributes.ContentType ?? "").toLowerCase();
    const { PartName: name = "", Extension: ending = "" } = attributes;
    if (element === "override") this.#byName.set(name.replace(/^\//, "").toLowerCase(), type);
    if (element === "default") this.#byEnding.set(ending.toLowerCase(), type);
  };

  readonly of = (name: string): string | undefined =>
    this.#byName.get(name) ?? this.#byEnding.get(name.slice(name.lastIndexOf(".") + 1));

  namesOf(type: RegExp): string[] {
    return [...this.#byName].filter(([, given]) => type.test(given)).map(([name]) => name);
  }
}
