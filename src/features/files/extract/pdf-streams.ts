/** The streams of a PDF as its bytes show them, whether an object refers to them or not. */

/** Bytes before a stream in which its dictionary is looked for. */
const DICTIONARY_SIZE = 1_024;

const STREAM = Uint8Array.from("stream", (char) => char.charCodeAt(0));

export type PdfStream = { dictionary: string; bytes: Uint8Array };

/** From each `stream` to its `endstream`, or as far as its dictionary says where that is more. */
export function* streamsOf(data: Uint8Array): Generator<PdfStream> {
  let start: number | undefined;
  for (const at of placesOf(STREAM, data)) {
    const isEnd = data[at - 1] === 0x64;
    if (!isEnd) start ??= at;
    if (!isEnd || start === undefined) continue;
    const dictionary = dictionaryBefore(data, start);
    const from = afterLineEnd(data, start + STREAM.byteLength);
    const length = Number(/\/Length\s+(\d{1,9})\b(?!\s+\d+\s+R)/.exec(dictionary)?.[1] ?? 0);
    yield { dictionary, bytes: data.subarray(from, Math.max(at - 3, from + length)) };
    start = undefined;
  }
}

/** Where some bytes stand in others. */
export function* placesOf(sought: Uint8Array, data: Uint8Array): Generator<number> {
  const [first = 0] = sought;
  for (let at = data.indexOf(first); at >= 0; at = data.indexOf(first, at + 1)) {
    if (sought.every((byte, place) => data[at + place] === byte)) yield at;
  }
}

function dictionaryBefore(data: Uint8Array, start: number): string {
  const before = data.subarray(Math.max(0, start - DICTIONARY_SIZE), start);
  const text = new TextDecoder("windows-1252").decode(before);
  return text.slice(text.lastIndexOf(" obj") + 1);
}

function afterLineEnd(data: Uint8Array, at: number): number {
  const from = at + (data[at] === 0x0d ? 1 : 0);
  return from + (data[from] === 0x0a ? 1 : 0);
}
