import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { ExtractionFailure } from "../../src/features/files/failures.ts";
import { pictureOfTiff } from "../../src/features/files/extract/pictures/tiff.ts";
import { pagesOfTiff } from "../../src/features/files/extract/pictures/tiff-pages.ts";
import { recognise } from "../../src/features/files/extract/recognise.ts";
import { sourceOf } from "../fixtures/documents.ts";
import { extract } from "../support/extracted.ts";

/** A picture with a pattern in which every row and column differs. */
const [WIDTH, HEIGHT] = [61, 40];

function pattern(channels: 1 | 3 = 3) {
  const pixels = Uint8Array.from(
    { length: WIDTH * HEIGHT * channels },
    (_, index) => (index * 37 + (index >> 5) * 11) % 256,
  );
  return sharp(pixels, { raw: { width: WIDTH, height: HEIGHT, channels } });
}

const IMAGES = {
  png: () => pattern().png().toBuffer(),
  jpeg: () => pattern().jpeg().toBuffer(),
  webp: () => pattern().webp().toBuffer(),
  tiff: () => pattern().tiff({ compression: "lzw" }).toBuffer(),
};

describe("Images", () => {
  for (const [kind, make] of Object.entries(IMAGES)) {
    it(`recognises ${kind} by its bytes, and gives a page without text`, async () => {
      const bytes = await make();
      expect(await recognise(sourceOf(bytes), { name: "lease.txt" })).toEqual({ kind });
      await expect(extract(bytes, "lease.pdf")).rejects.toMatchObject({ code: "needs_ocr" });
      const { pages } = await extract(bytes, "lease.pdf", { mayLackText: true });
      expect(pages).toMatchObject([{ page: 1, text: "", isScanned: true, isLast: true }]);
    });
  }

  it("refuses an image without a readable header, and one that is too large", async () => {
    const png = await IMAGES.png();
    const cut = png.subarray(0, 12);
    const mayLackText = true;
    await expect(extract(cut, "a.png", { mayLackText })).rejects.toMatchObject({ code: "damaged" });
    const wide = Buffer.from(png);
    wide.writeUInt32BE(90_000, 16);
    await expect(extract(wide, "a.png", { mayLackText })).rejects.toMatchObject({
      code: "too_large",
    });
  });
});

/** The pixels of a picture, in grey. */
async function greys(bytes: Uint8Array): Promise<number[]> {
  const pixels = await sharp(bytes).toColourspace("b-w").removeAlpha().raw().toBuffer();
  return [...pixels];
}

const TIFFS = {
  uncompressed: () => pattern().tiff({ compression: "none" }),
  LZW: () => pattern().tiff({ compression: "lzw", predictor: "none" }),
  "LZW with sums": () => pattern().tiff({ compression: "lzw", predictor: "horizontal" }),
  deflate: () => pattern().tiff({ compression: "deflate", predictor: "horizontal" }),
  PackBits: () => pattern().tiff({ compression: "packbits" }),
  grey: () => pattern(1).toColourspace("b-w").tiff({ compression: "lzw" }),
  "grey with white as 0": () =>
    pattern(1).toColourspace("b-w").tiff({ compression: "lzw", miniswhite: true }),
  "two bits": () => pattern(1).toColourspace("b-w").tiff({ bitdepth: 2, compression: "none" }),
  "fax of group 4": () => bilevel().tiff({ compression: "ccittfax4", bitdepth: 1 }),
  "fax with white as 0": () =>
    bilevel().tiff({ compression: "ccittfax4", bitdepth: 1, miniswhite: true }),
};

function bilevel() {
  return pattern(1).threshold(128).toColourspace("b-w");
}

describe("Pictures of TIFF files", () => {
  for (const [name, make] of Object.entries(TIFFS)) {
    it(`decodes ${name} to the same pixels`, async () => {
      const tiff = await make().toBuffer();
      const picture = await pictureOfTiff(tiff, 1);
      expect(picture?.mediaType).toBe("image/png");
      expect(await greys(picture?.bytes ?? tiff)).toEqual(await greys(tiff));
    });
  }

  it("gives none of inks, which PNG does not have", async () => {
    const tiff = await pattern().toColourspace("cmyk").tiff({ compression: "lzw" }).toBuffer();
    expect((await sharp(tiff).metadata()).space).toBe("cmyk");
    expect(await pictureOfTiff(tiff, 1)).toBeUndefined();
  });

  it("gives a JPEG with its tables", async () => {
    const tiff = await pattern().tiff({ compression: "jpeg", quality: 95 }).toBuffer();
    const picture = await pictureOfTiff(tiff, 1);
    expect(picture?.mediaType).toBe("image/jpeg");
    expect(await sharp(picture?.bytes).metadata()).toMatchObject({ width: WIDTH, height: HEIGHT });
  });

  it("ends with pages that refer to each other", async () => {
    const tiff = await pattern().tiff({ compression: "none" }).toBuffer();
    const at = tiff.readUInt32LE(4);
    tiff.writeUInt32LE(at, at + 2 + tiff.readUInt16LE(at) * 12);
    expect(() => pagesOfTiff(tiff)).toThrow(new ExtractionFailure("damaged"));
  });
});
