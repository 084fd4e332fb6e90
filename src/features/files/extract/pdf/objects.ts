/** PDF objects, as far as they say how streams are packed and which are read one after the other. */
import type { PdfTokens, Token } from "./tokens.ts";

/** The values of the outermost dictionary by their keys; what stands deeper counts for its key. */
export type Dictionary = {
  names: Map<string, string[]>;
  numbers: Map<string, number[]>;
  /** Keys whose values are objects of their own, and their numbers. */
  references: Map<string, number[]>;
  /** Where the key of the length stands. */
  lengthAt: number | undefined;
};

export type PdfObject = {
  dictionary: Dictionary | undefined;
  /** Of an object that is a number and nothing else. */
  integer: number | undefined;
  /** Of an object that is a name, or several. */
  names: string[];
  /** Numbers of several objects in one array that is an object, or the contents of a page. */
  arrays: number[][];
  mostCount: number;
  /** Fields of forms, and the most references in one list of annotations, fields or pages, or that stands apart. */
  fields: number;
  longestList: number;
  /** True where a font of several bytes a character does not tell their Unicode. */
  hasFontOfCodes: boolean;
  /** True where it names an encryption, as the trailer of an encrypted file does. */
  isEncrypted: boolean;
};

/** Reads up to the end of one object. */
export function readObject(tokens: PdfTokens): PdfObject {
  const reader = new ObjectReader(tokens);
  while (reader.take() && reader.depth > 0);
  return reader;
}

/** Reads all objects of an object stream as if they were one. */
export function readObjects(tokens: PdfTokens): PdfObject {
  const reader = new ObjectReader(tokens);
  while (reader.take());
  return reader;
}

/** Values of one key that are kept; no dictionary that a program writes has more where it matters. */
const MOST_VALUES = 16;

class ObjectReader implements PdfObject {
  readonly arrays: number[][] = [];
  dictionary: Dictionary | undefined;
  integer: number | undefined;
  readonly names: string[] = [];
  mostCount = 0;
  fields = 0;
  longestList = 0;
  isEncrypted = false;
  hasFontOfCodes = false;
  depth = 0;
  #isComposite = false;
  #isField = false;
  #hasUnicode = false;
  readonly #tokens: PdfTokens;
  #key = "";
  /** The key of a number that follows it in an inner dictionary. */
  #parameter: string | undefined;
  #isKeyNext = false;
  #array: number[] = [];
  /** The last two numbers, which a reference follows. */
  #numbers: number[] = [];

  constructor(tokens: PdfTokens) {
    this.#tokens = tokens;
  }

  /** Takes the next token; false where there is none. */
  take(): boolean {
    const token = this.#tokens.next();
    if (!token) return false;
    if (token.kind === "name") this.#takeName(token.text);
    else if (token.kind === "mark") this.#takeMark(token.text);
    else this.#takeValue(token);
    return true;
  }

  #takeName(name: string): void {
    this.#numbers = [];
    this.isEncrypted ||= name === "Encrypt";
    if (this.depth === 1 && this.#isKeyNext) {
      [this.#key, this.#isKeyNext, this.#parameter] = [name, false, undefined];
      this.#hasUnicode ||= name === "ToUnicode";
      this.#isField ||= name === "T" || name === "FT";
      if (this.dictionary && name === "Length") this.dictionary.lengthAt = this.#tokens.start;
      return;
    }
    if (this.dictionary) append(this.dictionary.names, this.#key, name);
    else if (this.names.length < MOST_VALUES) this.names.push(name);
    this.#isComposite ||= this.#key === "Subtype" && name === "Type0";
    this.#isField ||= this.#key === "Subtype" && name === "Widget";
    this.#parameter = PARAMETERS.has(name) ? name : undefined;
    this.#isKeyNext = this.depth === 1;
  }

  #takeMark(mark: string): void {
    this.#numbers = [];
    const isOpening = mark === "<<" || mark === "[";
    if (mark === "<<" && this.depth === 0) this.dictionary ??= emptyDictionary();
    if (mark === "]" && this.#array.length > 1 && this.#isJoined()) this.arrays.push(this.#array);
    if (mark === "]" && (this.depth === 1 || LISTS.has(this.#key)))
      this.longestList = Math.max(this.longestList, this.#array.length);
    if (mark === "[" || mark === "]") this.#array = [];
    this.depth = Math.max(0, this.depth + (isOpening ? 1 : -1));
    this.#isKeyNext = this.depth === 1 && mark !== "[";
    if (this.depth === 0) this.#endObject();
  }

  #endObject(): void {
    this.hasFontOfCodes ||= this.#isComposite && !this.#hasUnicode;
    if (this.#isField) this.fields++;
    [this.#isComposite, this.#hasUnicode, this.#isField, this.#key] = [false, false, false, ""];
  }

  #isJoined(): boolean {
    return this.depth === 1 || (this.depth === 2 && this.#key === "Contents");
  }

  #takeValue(token: Token): void {
    if (token.kind === "number") this.#takeNumber(Number(token.text));
    else if (token.kind === "word" && token.text === "R") this.#takeReference();
    else this.#numbers = [];
    this.#isKeyNext = this.depth === 1;
  }

  #takeNumber(value: number): void {
    this.#numbers = [...this.#numbers.slice(-1), value];
    if (this.depth === 0) this.integer ??= value;
    const key = this.#parameter ?? this.#key;
    this.#parameter = undefined;
    if (key === "Count") this.mostCount = Math.max(this.mostCount, value);
    if (this.dictionary) append(this.dictionary.numbers, key, value);
  }

  #takeReference(): void {
    const [number] = this.#numbers;
    if (number !== undefined) this.#array.push(number);
    if (this.dictionary) append(this.dictionary.references, this.#key, number ?? -1);
    this.#numbers = [];
  }
}

/** What pdf.js walks through as a whole. The fields of a form stand within its dictionary. */
const LISTS = new Set(["Annots", "Fields", "Kids", "AcroForm"]);

/** Numbers that count by their own names, in whatever dictionary they stand. */
const PARAMETERS = new Set(["Columns", "Colors", "BitsPerComponent", "Count"]);

function emptyDictionary(): Dictionary {
  return { names: new Map(), numbers: new Map(), references: new Map(), lengthAt: undefined };
}

function append<T>(map: Map<string, T[]>, key: string, value: T): void {
  const values = map.get(key);
  if (!values) map.set(key, [value]);
  else if (values.length < MOST_VALUES) values.push(value);
}
