/** Treats image files as documents: pages without text until they are transcribed. */
import { ExtractionFailure } from "../../failures.ts";
import type { Source } from "../byte-source.ts";
import type { ImageKind } from "../kind.ts";
import type { ExtractedPage, PageWriter } from "../pages.ts";
import { LARGEST_PICTURE, type Picture } from "./picture.ts";
import { pictureOfTiff } from "./tiff.ts";
import { pagesOfTiff } from "./tiff-pages.ts";

/** In bytes; holds the image's dimensions, since photographs begin with other data. */
const HEAD_SIZE = 1024 * 1024;
/** In bytes, of a TIFF file, which is buffered. */
const LARGEST_TIFF = 25 * 1024 * 1024;
/** In pixels; providers reject longer sides. */
const LONGEST_SIDE = 8_000;

/** Yields the pages of an image: one, or several for a TIFF file. Throws `ExtractionFailure`. */
export async function* readImage(
  kind: ImageKind,
  source: Source,
  writer: PageWriter,
): AsyncGenerator<ExtractedPage> {
  const count = await countPages(kind, source);
  for (let page = 1; page <= count; page++) {
    writer.markScanned();
    if (page < count) writer.turnPage();
  }
  yield* writer.end(true);
}

async function countPages(kind: ImageKind, source: Source): Promise<number> {
  if (kind === "tiff") return pagesOfTiff(await holdTiff(source)).length;
  if (source.size > LARGEST_PICTURE) throw new ExtractionFailure("too_large");
  const { imageSize } = await import("image-size");
  // The parser throws its own errors for an invalid header; they become `damaged`.
  const { width, height } = imageSize(await source.read(0, HEAD_SIZE));
  if (width < 1 || height < 1) throw new ExtractionFailure("damaged");
  if (Math.max(width, height) > LONGEST_SIDE) throw new ExtractionFailure("too_large");
  return 1;
}

/** Returns the picture of a page, counted from 1; undefined if it cannot be decoded. */
export async function pictureOfImage(
  kind: ImageKind,
  source: Source,
  page: number,
): Promise<Picture | undefined> {
  if (kind === "tiff") return pictureOfTiff(await holdTiff(source), page);
  return { mediaType: `image/${kind}`, bytes: await source.read(0, LARGEST_PICTURE) };
}

async function holdTiff({ size, read }: Source): Promise<Uint8Array> {
  if (size > LARGEST_TIFF) throw new ExtractionFailure("too_large");
  return read(0, size);
}
