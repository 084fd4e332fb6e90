/** Reads the pages of a TIFF file (TIFF 6.0, section 2) with their tags. */
import { ExtractionFailure } from "../../failures.ts";

/** Tag numbers. */
export const TAG = {
  subfileType: 254,
  width: 256,
  height: 257,
  bits: 258,
  compression: 259,
  photometric: 262,
  fillOrder: 266,
  stripOffsets: 273,
  samples: 277,
  rowsPerStrip: 278,
  stripSizes: 279,
  planes: 284,
  faxOptions: 292,
  predictor: 317,
  colours: 320,
  tileWidth: 322,
  jpegTables: 347,
} as const;

/** The values of a page's tags by tag number. */
export type TiffPage = ReadonlyMap<number, readonly number[]>;

const MOST_PAGES = 2_000;
const MOST_TAGS = 500;
/** Values per tag; fits strip offsets and a palette of 65,536 colours. */
const MOST_VALUES = 200_000;

/** Bytes per value by field type; other types are ignored. */
const SIZES: Record<number, 1 | 2 | 4> = { 1: 1, 3: 2, 4: 4, 7: 1 };

const NO_PAGE = 1 | 4;

/** True if numbers begin with their lowest byte. */
export function isLittleEndian(file: Uint8Array): boolean {
  return file[0] === 0x49;
}

/** Returns the pages in order, without thumbnails and masks. Throws `ExtractionFailure`. */
export function pagesOfTiff(file: Uint8Array): TiffPage[] {
  const reader = new TiffReader(file);
  const pages: TiffPage[] = [];
  const seen = new Set<number>();
  for (let at = reader.uint32(4); at !== 0;) {
    if (seen.has(at)) throw new ExtractionFailure("damaged");
    if (seen.add(at).size > MOST_PAGES) throw new ExtractionFailure("too_many_pages");
    const { page, next } = reader.directory(at);
    if (((page.get(TAG.subfileType)?.[0] ?? 0) & NO_PAGE) === 0) pages.push(page);
    at = next;
  }
  if (pages.length === 0) throw new ExtractionFailure("damaged");
  return pages;
}

class TiffReader {
  readonly #view: DataView;
  readonly #isLittle: boolean;

  constructor(file: Uint8Array) {
    this.#view = new DataView(file.buffer, file.byteOffset, file.byteLength);
    this.#isLittle = isLittleEndian(file);
  }

  uint32(at: number): number {
    return this.#number(at, 4);
  }

  directory(at: number): { page: TiffPage; next: number } {
    const count = this.#number(at, 2);
    if (count > MOST_TAGS) throw new ExtractionFailure("damaged");
    const page = new Map<number, number[]>();
    for (let index = 0; index < count; index++) {
      const entry = at + 2 + index * 12;
      page.set(this.#number(entry, 2), this.#values(entry));
    }
    return { page, next: this.uint32(at + 2 + count * 12) };
  }

  /** Returns the values of a tag. Up to four bytes are inside the entry itself. */
  #values(entry: number): number[] {
    const size = SIZES[this.#number(entry + 2, 2)];
    const count = this.uint32(entry + 4);
    if (size === undefined || count > MOST_VALUES) return [];
    const at = size * count <= 4 ? entry + 8 : this.uint32(entry + 8);
    return Array.from({ length: count }, (_, index) => this.#number(at + index * size, size));
  }

  #number(at: number, size: 1 | 2 | 4): number {
    if (at + size > this.#view.byteLength) throw new ExtractionFailure("damaged");
    if (size === 1) return this.#view.getUint8(at);
    if (size === 2) return this.#view.getUint16(at, this.#isLittle);
    return this.#view.getUint32(at, this.#isLittle);
  }
}
