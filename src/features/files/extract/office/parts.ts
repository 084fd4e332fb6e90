/** Finds the parts of a Word document by their relationships, or under the names that Word uses. */
import { ExtractionFailure } from "../../failures.ts";
import type { ByteSource } from "../byte-source.ts";
import { isOleContainer, streamsIn } from "../ole.ts";
import { readPart, type ZipPart } from "../zip.ts";
import { readRelationships, type Relationship } from "./office-package.ts";
import { openWordPackage, type WordPackage } from "./word-package.ts";

/** The most stored bytes of all parts together. */
const MOST_STORED = 12 * 1024 * 1024;

/** Types of parts that occur once per document. Word names each part after its type. */
const SINGLE = ["styles", "numbering", "settings", "footnotes", "endnotes", "comments"] as const;

const MOST_OTHERS = 500;

/** Loads parts into memory as they are stored, that is, compressed. */
export class WordParts {
  readonly #source: ByteSource;
  readonly #package: WordPackage;
  readonly #related: readonly Relationship[];
  readonly #byId: ReadonlyMap<string, Relationship>;
  #left = MOST_STORED;
  #others = MOST_OTHERS;

  private constructor(source: ByteSource, word: WordPackage, related: readonly Relationship[]) {
    this.#source = source;
    this.#package = word;
    this.#related = related;
    this.#byId = new Map(related.map((relationship) => [relationship.id, relationship]));
  }

  /** Throws `encrypted` for a password-protected document, `unsupported_type` for an older format, else `damaged`. */
  static async open(source: ByteSource): Promise<WordParts> {
    if (isOleContainer(await source.read(0, 8))) {
      const { encrypted } = await streamsIn(source);
      throw new ExtractionFailure(encrypted ? "encrypted" : "unsupported_type");
    }
    const word = await openWordPackage(source);
    if (!word) throw new ExtractionFailure("damaged");
    return new WordParts(
      source,
      word,
      await readRelationships(source, word.directory, word.mainPart),
    );
  }

  async main(): Promise<ZipPart> {
    const part = await this.#read(this.#package.mainPart);
    if (!part) throw new ExtractionFailure("damaged");
    return part;
  }

  /** The only part of a type; undefined if there is none. */
  async single(type: (typeof SINGLE)[number] | "commentsextended"): Promise<ZipPart | undefined> {
    const { directory, mainPart } = this.#package;
    const folder = mainPart.slice(0, mainPart.lastIndexOf("/") + 1);
    const named = this.#related.filter((relationship) => relationship.type === type);
    const targets = [...named.map(({ target }) => target), `${folder}${type}.xml`];
    const found = targets.find((target) => directory.has(target));
    return found === undefined ? undefined : this.#read(found);
  }

  /** The extended properties, such as the page count of the last save; undefined if there are none. */
  async properties(): Promise<ZipPart | undefined> {
    const related = await readRelationships(this.#source, this.#package.directory, "");
    const found = related.find(
      ({ type }) => type === "extended-properties" || type === "extendedproperties",
    );
    return found && this.#read(found.target);
  }

  /** A part by the id of its relationship; undefined if there is none, or if the limit of parts is reached. */
  async byId(
    id: string,
  ): Promise<{ part: ZipPart; contentType: string; name: string } | undefined> {
    const name = this.#byId.get(id)?.target;
    if (name === undefined || this.#others-- <= 0) return undefined;
    const part = await this.#read(name);
    return part && { part, contentType: this.#package.contentTypeOf(name) ?? "", name };
  }

  async #read(name: string): Promise<ZipPart | undefined> {
    const entry = this.#package.directory.get(name);
    if (!entry) return undefined;
    const part = await readPart(this.#source, entry, this.#left);
    this.#left -= part.bytes.byteLength;
    return part;
  }
}
