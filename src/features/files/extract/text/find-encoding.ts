/** Determines the encoding of a text file by its byte order mark, a declaration, or its bytes. */
import { encodingOfMark, isUtf8 } from "../encoding.ts";
import { ExtractionFailure } from "../../failures.ts";
import type { ByteSource, Source } from "../byte-source.ts";
import { guessEncoding } from "./guess-encoding.ts";
import { type EncodingSample, SampleCollector } from "./sample.ts";
import { utf16Of } from "./utf16.ts";

type EncodingHints = {
  /** The encoding given by the client. Only a byte order mark overrides it. */
  named?: string | undefined;
  /** Finds the declared encoding of the file. A declaration of UTF-8 counts only if the bytes are valid UTF-8. */
  declared?: (source: ByteSource) => Promise<string | undefined>;
};

const HEAD_SIZE = 64 * 1024;

/**
 * Returns the encoding as a label for TextDecoder. Throws `ExtractionFailure` `unknown_encoding` if another
 * encoding is nearly as likely.
 */
export async function findEncoding(
  source: Source,
  { named, declared }: EncodingHints = {},
): Promise<string> {
  const head = await source.read(0, HEAD_SIZE);
  const certain = encodingOfMark(head) ?? named ?? utf16Of(head);
  if (certain !== undefined) return certain;
  const label = await declared?.(source);
  if (label !== undefined && label !== "utf-8") return label;
  const sample = await sampleOf(await source.stream());
  if (sample.hasEscapes && sample.bytes.byteLength === 0 && hasJapaneseEscapes(head)) {
    return "iso-2022-jp";
  }
  if (isMostlyUtf8(sample)) return "utf-8";
  const { encoding, isSure, candidates } = await guessEncoding(sample);
  if (encoding !== undefined && isSure) return encoding;
  throw new ExtractionFailure("unknown_encoding", { candidates });
}

async function sampleOf(body: AsyncIterable<Uint8Array>): Promise<EncodingSample> {
  const collector = new SampleCollector();
  for await (const chunk of body) {
    collector.add(chunk);
    if (collector.isFull) break;
  }
  return collector.end();
}

/** A UTF-8 text with a few invalid bytes is decoded as UTF-8, because any other encoding would garble all of it. */
const LEAST_CHARACTERS = 10;
const MOST_BROKEN = 0.1;

function isMostlyUtf8({ bytes, cuts }: EncodingSample): boolean {
  if (isUtf8(bytes, cuts > 0)) return true;
  const text = new TextDecoder().decode(bytes);
  const broken = text.match(/\uFFFD/g)?.length ?? 0;
  // oxlint-disable-next-line no-control-regex
  const whole = (text.match(/[^\0-\x7f]/gu)?.length ?? 0) - broken;
  return whole >= LEAST_CHARACTERS && broken <= whole * MOST_BROKEN + cuts;
}

function hasJapaneseEscapes(head: Uint8Array): boolean {
  // oxlint-disable-next-line no-control-regex
  return /\x1b\$[@B]/.test(new TextDecoder().decode(head));
}
