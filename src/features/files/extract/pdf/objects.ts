/** Parses PDF objects as far as they declare the packing of streams and how streams are joined. */
import type { PdfTokens, Token } from "./tokens.ts";

/** The values of the outermost dictionary by key; nested values count for their outer key. */
export type Dictionary = {
  names: Map<string, string[]>;
  numbers: Map<string, number[]>;
  /** Keys whose values are references, with the object numbers. */
  references: Map<string, number[]>;
  /** The offset of the Length key. */
  lengthAt: number | undefined;
};

export type PdfObject = {
  dictionary: Dictionary | undefined;
  /** The value of an object that is a single number. */
  integer: number | undefined;
  /** The values of an object that is a name or an array of names. */
  names: string[];
  /** Object numbers in one array that is an object of its own, or in the contents of a page. */
  arrays: number[][];
  mostCount: number;
  /**
   * Counts of form fields, and of the most references in one list of annotations, fields or pages,
   * or in an array that is an object of its own.
   */
  fields: number;
  longestList: number;
  /** True if a multi-byte font has no Unicode mapping. */
  hasFontOfCodes: boolean;
  /** True if the object names an encryption, as the trailer of an encrypted file does. */
  isEncrypted: boolean;
};

/** Parses one object. */
export function readObject(tokens: PdfTokens): PdfObject {
  const reader = new ObjectReader(tokens);
  while (reader.take() && reader.depth > 0);
  return reader;
}

/** Parses all objects of an object stream as if they were one. */
export function readObjects(tokens: PdfTokens): PdfObject {
  const reader = new ObjectReader(tokens);
  while (reader.take());
  return reader;
}

/** Values kept per key; no program writes more where it matters. */
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
  /** The key of the number that follows in an inner dictionary. */
  #parameter: string | undefined;
  #isKeyNext = false;
  #array: number[] = [];
  /** The last two numbers, which may turn out to be a reference. */
  #numbers: number[] = [];

  constructor(tokens: PdfTokens) {
    this.#tokens = tokens;
  }

  /** Consumes the next token; false at the end. */
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

/** Lists that pdf.js visits completely. The fields of a form are nested in its dictionary. */
const LISTS = new Set(["Annots", "Fields", "Kids", "AcroForm"]);

/** Numbers that count under their own key in any nested dictionary. */
const PARAMETERS = new Set(["Columns", "Colors", "BitsPerComponent", "Count"]);

function emptyDictionary(): Dictionary {
  return { names: new Map(), numbers: new Map(), references: new Map(), lengthAt: undefined };
}

function append<T>(map: Map<string, T[]>, key: string, value: T): void {
  const values = map.get(key);
  if (!values) map.set(key, [value]);
  else if (values.length < MOST_VALUES) values.push(value);
}
