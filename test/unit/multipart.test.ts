import { describe, expect, it } from "vitest";
import { readUpload } from "../../src/features/files/multipart.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { Problem } from "../../src/lib/problem.ts";

const PACE = { slackMs: 30_000, bytesPerSecond: 1 };
const BOUNDARY = "front-ier";
const DISPOSITION = 'Content-Disposition: form-data; name="file"; filename="a.txt"';

type Around = { preamble?: string; afterFirst?: string; afterLast?: string };

function formOf(content: string, around: Around = {}): Uint8Array {
  const { preamble = "", afterFirst = "", afterLast = "\r\n" } = around;
  const head = `${preamble}--${BOUNDARY}${afterFirst}\r\n${DISPOSITION}\r\n\r\n`;
  return Buffer.from(`${head}${content}\r\n--${BOUNDARY}--${afterLast}`, "latin1");
}

function streamOf(chunks: Uint8Array[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });
}

/** Reads a form that arrives in these chunks; returns the content, or the code of the problem. */
async function readChunks(
  chunks: Uint8Array[],
  contentType = `multipart/form-data; boundary=${BOUNDARY}`,
): Promise<string> {
  const body = streamOf(chunks);
  const init = { method: "POST", headers: { "content-type": contentType }, body, duplex: "half" };
  try {
    const { name, bytes } = await readUpload(new Request("http://local/", init), PACE, systemClock);
    expect(name).toBe("a.txt");
    return Buffer.from(bytes).toString("latin1");
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return error.code;
  }
}

/** The chunks that cuts at these offsets make. */
function cutAt(bytes: Uint8Array, ...offsets: number[]): Uint8Array[] {
  const ends = [...offsets, bytes.byteLength];
  return ends.map((end, index) => bytes.subarray(index === 0 ? 0 : ends[index - 1], end));
}

const FORMS: Record<string, [content: string, around?: Around]> = {
  "as browsers send it": ["Some text."],
  "without the last line end": ["Some text.", { afterLast: "" }],
  "with an epilogue": ["Some text.", { afterLast: `\r\nBye.\r\n--${BOUNDARY}\r\nMore.` }],
  "with an epilogue in the same line": ["Some text.", { afterLast: " \tBye." }],
  "with a preamble": ["Some text.", { preamble: "This is a form\r\nin parts.\r\n" }],
  "with an empty line before it": ["Some text.", { preamble: "\r\n" }],
  "with a preamble that looks like it": [
    "Some text.",
    { preamble: `--${BOUNDARY}s\r\n--front\r\n` },
  ],
  "with blanks behind the boundary": ["Some text.", { afterFirst: " \t ", afterLast: "  \r\n" }],
  "with line ends in the content": ["\r\n\r\r\n--\r\n\n-\r\n"],
  "with the beginnings of a boundary in the content": [
    `--\r\n--front\r\n--front-ie\r\r\n--${BOUNDARY.slice(0, -1)}\n--${BOUNDARY}\r--${BOUNDARY}--\r\n-`,
  ],
  "with a longer boundary in the content": [
    `a\r\n--${BOUNDARY}s\r\n\r\nb\r\n--${BOUNDARY}-\r\nc\r\n--${BOUNDARY}  d`,
  ],
  "with any byte in the content": [
    Array.from({ length: 256 }, (_, byte) => String.fromCharCode(byte)).join(""),
  ],
};

describe("A form is parsed alike, however its bytes arrive", () => {
  it.each(Object.entries(FORMS))("%s", async (_what, [content, around]) => {
    const form = formOf(content, around);
    for (let offset = 0; offset <= form.byteLength; offset++) {
      expect(await readChunks(cutAt(form, offset)), `cut at ${offset}`).toBe(content);
    }
    const bytes = [...form].map((byte) => Uint8Array.of(byte));
    expect(await readChunks(bytes)).toBe(content);
    expect(await readChunks(bytes.flatMap((byte) => [byte, new Uint8Array(0)]))).toBe(content);
  });

  it("cut at any two bytes", async () => {
    const form = formOf("x", { preamble: "\r\n", afterLast: "\r\n" });
    for (let first = 0; first < form.byteLength; first++) {
      for (let second = first + 1; second <= form.byteLength; second++) {
        const read = await readChunks(cutAt(form, first, second));
        expect(read, `cut at ${first} and ${second}`).toBe("x");
      }
    }
  });

  it("with its boundary in quotes, and among other parameters", async () => {
    for (const boundary of [
      `"${BOUNDARY}"`,
      `"front\\-ier"; charset=utf-8`,
      `${BOUNDARY} `,
      `${BOUNDARY};charset=utf-8`,
    ]) {
      const type = `Multipart/Form-Data; charset=utf-8; Boundary=${boundary}`;
      expect(await readChunks([formOf("x")], type), type).toBe("x");
    }
  });
});

describe("A form that was cut off is refused", () => {
  it("wherever it ends before its closing boundary", async () => {
    const form = formOf("Some text.", { afterLast: "" });
    for (let length = 0; length < form.byteLength; length++) {
      expect(await readChunks([form.subarray(0, length)]), `${length}`).toBe("malformed_upload");
    }
  });

  it("and so is one without headers, with too many parts, or of another boundary", async () => {
    const part = `--${BOUNDARY}\r\n${DISPOSITION}\r\n\r\nx\r\n`;
    const end = `--${BOUNDARY}--\r\n`;
    for (const form of [
      `--${BOUNDARY}\r\nNo header.\r\n${end}`,
      `--${BOUNDARY}\r\n\r\nNo header.\r\n${end}`,
      `--${BOUNDARY}\r\n${"x".repeat(9_000)}: y\r\n\r\nx\r\n${end}`,
      part.repeat(11) + end,
      part.repeat(2) + end,
      part + part.replaceAll(BOUNDARY, "other"),
      end,
    ]) {
      expect(await readChunks([Buffer.from(form)]), form.slice(0, 200)).toBe("malformed_upload");
    }
  });
});

it("A form of nothing but line ends, dashes or spaces takes no longer than another", async () => {
  for (const filler of ["\r", "\r\n--", "-", " ", `\r\n--${BOUNDARY} !`]) {
    const size = 8 * 1024 * 1024;
    const content = `${filler.repeat(size / filler.length)}x`;
    expect((await readChunks([formOf(content)])).length).toBe(content.length);
  }
});
