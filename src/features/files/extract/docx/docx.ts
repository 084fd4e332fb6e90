/** Extracts Word documents (DOCX): a ZIP of XML parts, of which only those that affect the text are parsed. */
import { ExtractionFailure } from "../../failures.ts";
import type { ByteSource } from "../byte-source.ts";
import { TextFlow, type FlowPiece } from "../flow.ts";
import type { MarkupHandler } from "../markup.ts";
import { type ExtractedPage, PageWriter } from "../pages.ts";
import { InflatedBytes, type ZipPart } from "../zip.ts";
import { WordBody } from "./body.ts";
import type { WordContext } from "./frame.ts";
import { readChunk } from "./chunks.ts";
import { CommentThreads, WordComments } from "./margins/comments.ts";
import { HeldUnits, type ReadStory } from "./held-text.ts";
import { MainText } from "./main-text.ts";
import { WordNotes } from "./margins/notes.ts";
import { WordNumbering } from "./numbers/numbering.ts";
import { WordOutline } from "./outline.ts";
import { PageEdges } from "./margins/page-edges.ts";
import { WordParts } from "../office/parts.ts";
import { WordProperties, WordSettings } from "./settings.ts";
import { StoryText } from "./story.ts";
import { StoryReader } from "./story-reader.ts";
import { StruckOut } from "./struck-out.ts";
import { WordStyles } from "./styles.ts";
import { parsePart } from "../office/xml-part.ts";

/** The most bytes of XML parsed per document. The main part is parsed twice: first for its outline. */
const MOST_XML = 40_000_000;

/** Extracts a document, page by page. External references are never fetched. */
export async function* readDocx(
  source: ByteSource,
  { isEmbedded = false } = {},
): AsyncGenerator<ExtractedPage> {
  const document = await WordDocument.open(source);
  const writer = new PageWriter({ page: document.firstPage, textBefore: 0 });
  const story = new StoryText(new TextFlow(writer), document.struckOut);
  const context = document.contextOf(writer);
  const main = await document.mainText(context, writer, isEmbedded);
  const body = new WordBody(story, context, main);
  main.begin(story);
  for (const _ of document.parseMain(body)) yield* writer.take();
  if (!body.isWord) throw new ExtractionFailure("damaged");
  body.end();
  main.end(story);
  yield* writer.end(true);
}

class WordDocument {
  readonly units = new HeldUnits();
  readonly struckOut = new StruckOut(this.units);
  readonly #counted = new InflatedBytes(MOST_XML);
  readonly #styles = new WordStyles();
  readonly #numbering = new WordNumbering();
  readonly #settings = new WordSettings();
  readonly #properties = new WordProperties();
  readonly #outline = new WordOutline();
  readonly #parts: WordParts;
  readonly #main: ZipPart;

  private constructor(parts: WordParts, main: ZipPart) {
    this.#parts = parts;
    this.#main = main;
  }

  /** Parses the parts that the main text depends on. */
  static async open(source: ByteSource): Promise<WordDocument> {
    const parts = await WordParts.open(source);
    const document = new WordDocument(parts, await parts.main());
    document.#read(await parts.single("styles"), document.#styles);
    document.#read(await parts.single("numbering"), document.#numbering);
    document.#read(await parts.single("settings"), document.#settings);
    document.#read(await parts.properties(), document.#properties);
    exhaust(parsePart(document.#main, new InflatedBytes(MOST_XML), document.#outline));
    return document;
  }

  /** The number of the first page; null if the document has no page breaks. */
  get firstPage(): number | null {
    if (this.#outline.hasPages(this.#styles, this.#properties.pages)) return 1;
    return this.#properties.isOnePage(this.#outline.length) ? 1 : null;
  }

  contextOf(writer: PageWriter): WordContext {
    return {
      styles: this.#styles,
      numbering: this.#numbering,
      struckOut: this.struckOut,
      units: this.units,
      countUnreadable: (characters) => writer.countUnreadable(characters),
    };
  }

  parseMain(body: WordBody): Generator<undefined> {
    return parsePart(this.#main, this.#counted, body);
  }

  async mainText(context: WordContext, writer: PageWriter, isEmbedded: boolean): Promise<MainText> {
    const { footnotes, endnotes, hasEvenPages } = this.#settings;
    const { sections } = this.#outline;
    return new MainText({
      sections,
      footnotes: new WordNotes(await this.#notes(context, "footnote"), footnotes),
      endnotes: new WordNotes(await this.#notes(context, "endnote"), {
        format: "lowerRoman",
        ...endnotes,
      }),
      comments: await this.#comments(context),
      edges: new PageEdges(await this.#edges(context), hasEvenPages),
      chunks: isEmbedded ? new Map() : await this.#chunks(),
      struckOut: this.struckOut,
      pageNumber: () => writer.page,
    });
  }

  /** The texts of notes by their ids, without the separators. */
  async #notes(context: WordContext, kind: "footnote" | "endnote"): Promise<Map<string, string>> {
    const stories = this.#stories(await this.#parts.single(`${kind}s`), context, `w:${kind}`);
    const notes = stories.filter(
      ({ attributes }) => (attributes["w:type"] ?? "normal") === "normal",
    );
    return new Map(notes.map(({ attributes, text }) => [attributes["w:id"] ?? "", text]));
  }

  async #comments(context: WordContext): Promise<WordComments> {
    const stories = this.#stories(await this.#parts.single("comments"), context, "w:comment");
    const threads = new CommentThreads();
    this.#read(await this.#parts.single("commentsextended"), threads);
    return new WordComments(stories, threads);
  }

  /** The texts of headers and footers, by the ids of their relationships. */
  async #edges(context: WordContext): Promise<Map<string, string>> {
    const texts = new Map<string, string>();
    for (const [id, element] of this.#edgeIds()) {
      const found = await this.#parts.byId(id);
      const [story] = this.#stories(found?.part, context, element);
      texts.set(id, story?.text ?? "");
    }
    return texts;
  }

  #edgeIds(): Map<string, string> {
    const { sections } = this.#outline;
    return new Map(
      sections.flatMap(({ headers, footers }) => [
        ...Object.values(headers).map((id) => [id, "w:hdr"] as const),
        ...Object.values(footers).map((id) => [id, "w:ftr"] as const),
      ]),
    );
  }

  async #chunks(): Promise<Map<string, FlowPiece[][]>> {
    const chunks = new Map<string, FlowPiece[][]>();
    for (const id of this.#outline.chunks) {
      const found = await this.#parts.byId(id);
      const text =
        found && (await readChunk(found, (source) => readDocx(source, { isEmbedded: true })));
      if (text) chunks.set(id, text);
    }
    return chunks;
  }

  #stories(part: ZipPart | undefined, context: WordContext, element: string): ReadStory[] {
    const reader = new StoryReader(context, element);
    this.#read(part, reader);
    return reader.stories;
  }

  #read(part: ZipPart | undefined, handler: MarkupHandler): void {
    if (part) exhaust(parsePart(part, this.#counted, handler));
  }
}

function exhaust(steps: Generator<undefined>): void {
  for (const _ of steps);
}
