import { deflateSync } from "node:zlib";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { FileObjects } from "../../src/features/files/extract/pdf/file-objects.ts";
import { picturesOfPdf } from "../../src/features/files/extract/pdf/page-pictures.ts";
import { TAG, pagesOfTiff } from "../../src/features/files/extract/pictures/tiff-pages.ts";
import { makePdf, sourceOf } from "../fixtures/documents.ts";
import { packedPdf, type PdfObject, rawPdf } from "../fixtures/raw-pdf.ts";
import { JPX } from "../fixtures/jpx.ts";
import { pdfOfPictures } from "../fixtures/scans.ts";
import { extract } from "../support/extracted.ts";

const [WIDTH, HEIGHT] = [61, 40];

const pixels = Uint8Array.from(
  { length: WIDTH * HEIGHT },
  (_, index) => (index * 37 + (index >> 5) * 11) % 256,
);
const GREY = sharp(pixels, { raw: { width: WIDTH, height: HEIGHT, channels: 1 } });
const bilevel = () => GREY.clone().threshold(128).toColourspace("b-w");

type Packed = { dictionary: string; stream: Uint8Array };

const notPacked = (stream: Buffer): Packed => ({ dictionary: "", stream });

/** A page that paints pictures, of which each is a dictionary and its bytes. */
function pageOf(pictures: Packed[], others: PdfObject[] = [], pack = notPacked) {
  const names = pictures.map((_, index) => `/P${index} ${5 + index} 0 R`).join(" ");
  const content = pictures.map((_, index) => `q 600 0 0 800 0 0 cm /P${index} Do Q`).join("\n");
  const objects: PdfObject[] = [
    "<< /Type /Catalog /Pages 2 0 R >>",
    "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R /Resources << /XObject << ${names} >> >> >>`,
    pack(Buffer.from(content)),
    ...pictures.map(({ dictionary, stream }) => ({
      dictionary: `/Type /XObject /Subtype /Image /Width ${WIDTH} /Height ${HEIGHT} ${dictionary}`,
      stream,
    })),
    ...others,
  ];
  return objects;
}

async function picturesOf(objects: PdfObject[]) {
  return picturesOfPdf(sourceOf(rawPdf(objects)), 1);
}

async function greysOf(bytes: Uint8Array | undefined): Promise<number[]> {
  const raw = await sharp(bytes).toColourspace("b-w").removeAlpha().raw().toBuffer();
  return [...raw];
}

/** The only strip of a fax of group 4. */
async function fax(): Promise<Uint8Array> {
  const tiff = await bilevel()
    .tiff({ compression: "ccittfax4", bitdepth: 1, miniswhite: true })
    .toBuffer();
  const [page] = pagesOfTiff(tiff);
  const [from = 0, size = 0] = [TAG.stripOffsets, TAG.stripSizes].map(
    (tag) => page?.get(tag)?.[0] ?? 0,
  );
  return tiff.subarray(from, from + size);
}

/** A JBIG2 stream as PDF embeds it: a page, and one region that is coded as fax (ITU-T T.88, section 7.4). */
async function jbig2(): Promise<Uint8Array> {
  const coded = await fax();
  const uint32 = (...values: number[]) => {
    const bytes = Buffer.alloc(values.length * 4);
    for (const [index, value] of values.entries()) bytes.writeUInt32BE(value, index * 4);
    return bytes;
  };
  const segment = (number: number, type: number, data: Buffer) =>
    Buffer.concat([uint32(number), Buffer.of(type, 0, 1), uint32(data.byteLength), data]);
  const page = Buffer.concat([uint32(WIDTH, HEIGHT, 0, 0), Buffer.of(0, 0, 0)]);
  const region = Buffer.concat([uint32(WIDTH, HEIGHT, 0, 0), Buffer.of(0, 1), coded]);
  return Buffer.concat([segment(0, 48, page), segment(1, 38, region)]);
}

/** A picture whose dictionary says twice how large it is is as large as it says first. */
function withoutOwnSize(object: PdfObject): PdfObject {
  if (typeof object === "string") return object;
  const size = `/Width ${WIDTH} /Height ${HEIGHT}`;
  return { ...object, dictionary: object.dictionary.replace(size, "") };
}

/** Groups of four bytes as five signs (ISO 32000-2, section 7.4.3). */
function ascii85(bytes: Uint8Array): Buffer {
  const groups = Array.from({ length: Math.ceil(bytes.byteLength / 4) }, (_, index) => {
    const group = Buffer.alloc(4);
    const count = Buffer.from(bytes).copy(group, 0, index * 4, index * 4 + 4);
    const value = group.readUInt32BE(0);
    const digits = [4, 3, 2, 1, 0].map((power) => Math.floor(value / 85 ** power) % 85);
    return digits.slice(0, count + 1).map((digit) => String.fromCharCode(digit + 33));
  });
  return Buffer.from(`${groups.flat().join("")}~>`);
}

/** Codes of nine bits, each of which stands for a byte: so few that they do not grow. */
function lzw(bytes: Uint8Array): Buffer {
  const bits = [256, ...bytes, 257].map((code) => code.toString(2).padStart(9, "0")).join("");
  return Buffer.from(
    (bits.match(/.{1,8}/g) ?? []).map((byte) => Number.parseInt(byte.padEnd(8, "0"), 2)),
  );
}

const CONTENTS: Record<string, (content: Buffer) => Packed> = {
  "ASCII85 over deflate": (content) => ({
    dictionary: "/Filter [/ASCII85Decode /FlateDecode]",
    stream: ascii85(deflateSync(content)),
  }),
  LZW: (content) => ({ dictionary: "/Filter /LZWDecode", stream: lzw(content) }),
  "run lengths": (content) => ({
    dictionary: "/Filter [/RL]",
    stream: Buffer.concat([Buffer.of(content.byteLength - 1), content, Buffer.of(128)]),
  }),
};

const GREY_8 = "/ColorSpace /DeviceGray /BitsPerComponent 8";
const FAX = `/ColorSpace /DeviceGray /BitsPerComponent 1 /Filter /CCITTFaxDecode /DecodeParms << /K -1 /Columns ${WIDTH} /Rows ${HEIGHT} >>`;
const inverted = pixels.map((grey) => 255 - grey);

const ENCODINGS: Record<string, () => Promise<{ dictionary: string; stream: Uint8Array }>> = {
  "samples that are not packed": async () => ({ dictionary: GREY_8, stream: pixels }),
  deflate: async () => ({
    dictionary: `${GREY_8} /Filter [/FlateDecode]`,
    stream: deflateSync(pixels),
  }),
  "a Decode array that inverts": async () => ({
    dictionary: `${GREY_8} /Decode [1 0] /Filter /FlateDecode`,
    stream: deflateSync(inverted),
  }),
  "a table of greys": async () => ({
    dictionary: `/ColorSpace [/Indexed /DeviceGray 255 6 0 R] /BitsPerComponent 8`,
    stream: pixels,
  }),
};

describe("Pictures of PDF pages", () => {
  it("gives a JPEG as it stands in the file", async () => {
    const jpeg = await GREY.clone().jpeg().toBuffer();
    const pictures = await picturesOfPdf(sourceOf(await pdfOfPictures([jpeg])), 1);
    expect(pictures).toEqual([{ mediaType: "image/jpeg", bytes: new Uint8Array(jpeg) }]);
  });

  it("takes the picture of the page that is asked for", async () => {
    const jpegs = [await GREY.clone().jpeg().toBuffer(), await bilevel().jpeg().toBuffer()];
    const pictures = await picturesOfPdf(sourceOf(await pdfOfPictures(jpegs)), 2);
    expect(pictures?.[0]?.bytes).toEqual(new Uint8Array(jpegs[1] ?? []));
  });

  it("decodes colours behind a predictor to the same pixels", async () => {
    const png = await sharp(pixels.subarray(0, 60 * 12), {
      raw: { width: 20, height: 12, channels: 3 },
    })
      .png()
      .toBuffer();
    const pictures = await picturesOfPdf(sourceOf(await pdfOfPictures([png])), 1);
    expect(await greysOf(pictures?.[0]?.bytes)).toEqual(await greysOf(png));
  });

  for (const [name, make] of Object.entries(ENCODINGS)) {
    it(`decodes ${name} to the same pixels`, async () => {
      const table = { dictionary: "", stream: Uint8Array.from({ length: 256 }, (_, grey) => grey) };
      const pictures = await picturesOf(pageOf([await make()], [table]));
      expect(await greysOf(pictures?.[0]?.bytes)).toEqual([...pixels]);
    });
  }

  for (const [name, pack] of Object.entries(CONTENTS)) {
    it(`finds the pictures of a page whose content is packed by ${name}`, async () => {
      const pictures = await picturesOf(pageOf([{ dictionary: GREY_8, stream: pixels }], [], pack));
      expect(await greysOf(pictures?.[0]?.bytes)).toEqual([...pixels]);
    });
  }

  it("finds none of a page whose content does not fit into memory", async () => {
    const runs = Buffer.alloc(400_000, Uint8Array.from([129, 0x20]));
    const pack = () => ({ dictionary: "/Filter /RunLengthDecode", stream: runs });
    const bytes = rawPdf(pageOf([], [], pack));
    expect(new FileObjects(bytes).contentOf(4)).toBeUndefined();
  });

  it("decodes fax and JBIG2 to the same pixels", async () => {
    const expected = await greysOf(await bilevel().png().toBuffer());
    const ofFax = await picturesOf(pageOf([{ dictionary: FAX, stream: await fax() }]));
    expect(await greysOf(ofFax?.[0]?.bytes)).toEqual(expected);
    const dictionary = "/ColorSpace /DeviceGray /BitsPerComponent 1 /Filter /JBIG2Decode";
    const ofJbig2 = await picturesOf(pageOf([{ dictionary, stream: await jbig2() }]));
    expect(await greysOf(ofJbig2?.[0]?.bytes)).toEqual(expected);
  });

  it("decodes JPEG 2000 to the same pixels", async () => {
    const dictionary = "/ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /JPXDecode";
    const pictures = await picturesOf(pageOf([{ dictionary, stream: JPX }]));
    const ramp = Array.from({ length: WIDTH * HEIGHT }, (_, index) => ((index % WIDTH) * 4) % 256);
    expect(await greysOf(pictures?.[0]?.bytes)).toEqual(ramp);
  });

  it("gives all strips of a page in order, and of packed objects too", async () => {
    const strips = [pixels, inverted].map((stream) => ({ dictionary: GREY_8, stream }));
    const source = sourceOf(packedPdf(pageOf(strips)));
    const pictures = await picturesOfPdf(source, 1);
    const greys = await Promise.all((pictures ?? []).map(({ bytes }) => greysOf(bytes)));
    expect(greys).toEqual([[...pixels], [...inverted]]);
  });

  it("gives none of a page of which a part cannot be decoded", async () => {
    const known = { dictionary: GREY_8, stream: pixels };
    const unknown = { dictionary: "/ColorSpace /DeviceCMYK", stream: pixels };
    expect(await picturesOf(pageOf([known, unknown]))).toBeUndefined();
    const damaged = { dictionary: FAX.replace("CCITTFax", "JBIG2"), stream: pixels };
    expect(await picturesOf(pageOf([damaged]))).toBeUndefined();
    const cut = { dictionary: "/Filter /JPXDecode", stream: JPX.subarray(0, 160) };
    expect(await picturesOf(pageOf([cut]))).toBeUndefined();
  });

  it("ends with pictures that claim to be larger than memory", async () => {
    const bomb = deflateSync(new Uint8Array(60_000_000));
    const side = "/Width 60000 /Height 60000";
    const claims = [`${GREY_8} ${side} /Filter /FlateDecode`, `${FAX} ${side}`];
    for (const dictionary of claims) {
      const objects = pageOf([{ dictionary, stream: bomb }]).map(withoutOwnSize);
      expect(await picturesOf(objects)).toBeUndefined();
    }
  });
});

describe("A page with little text over a picture", () => {
  const stamped = async (side: number, text: string) => {
    const picture = await sharp({
      create: { width: side, height: Math.round(side * 1.414), channels: 3, background: "white" },
    })
      .jpeg()
      .toBuffer();
    const pdf = await makePdf((document) => {
      document.image(picture, 0, 0, { width: 595 }).text(text, 72, 20);
    });
    const { pages } = await extract(pdf, "filing.pdf");
    return pages.map(({ isScanned }) => isScanned);
  };
  const stamp = "Case 1:24-cv-01234 Document 12-3 Filed 03/01/24 Page 3 of 9";

  it("is scanned if the picture is as large as a scan of the page", async () => {
    expect(await stamped(1_240, stamp)).toEqual([true]);
  });

  it("is not if the picture is small, or the text is long", async () => {
    expect(await stamped(300, stamp)).toEqual([false]);
    expect(await stamped(1_240, `${stamp}. `.repeat(5))).toEqual([false]);
  });
});
