/**
 * The container format of old Office files, which also wraps a password-protected Word document.
 */
import type { ByteSource } from "./byte-source.ts";

const SIGNATURE = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];

/** Names of its streams, in UTF-16 as in its directory. */
const ENCRYPTED = utf16("EncryptedPackage");
const OLD_WORD = utf16("WordDocument");

export function isOleContainer(bytes: Uint8Array): boolean {
  return SIGNATURE.every((byte, position) => bytes[position] === byte);
}

/**
 * Decides by the directory, or by the name if the directory lists neither kind of stream:
 * extraction then reports the precise failure.
 */
export async function mayBeEncryptedWord(source: ByteSource, name: string): Promise<boolean> {
  const holds = await streamsIn(source);
  return holds.encrypted || (!holds.oldWord && /\.docx$/i.test(name));
}

const DIRECTORY_READ = 64 * 1024;
const HEADER_SIZE = 512;
const LARGEST_SECTOR_SHIFT = 12;

/** Reports which of the two streams the start of the directory lists ([MS-CFB] section 2.2). */
export async function streamsIn(
  source: ByteSource,
): Promise<{ encrypted: boolean; oldWord: boolean }> {
  const head = await source.read(0, HEADER_SIZE);
  const header = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const isWhole = header.byteLength >= HEADER_SIZE;
  const shift = Math.min(isWhole ? header.getUint16(30, true) : 0, LARGEST_SECTOR_SHIFT);
  const sector = isWhole ? header.getUint32(48, true) : 0;
  const directory = await source.read((sector + 1) * 2 ** shift, DIRECTORY_READ);
  return { encrypted: includes(directory, ENCRYPTED), oldWord: includes(directory, OLD_WORD) };
}

function includes(bytes: Uint8Array, sought: Uint8Array): boolean {
  const [first = 0] = sought;
  for (let at = bytes.indexOf(first); at >= 0; at = bytes.indexOf(first, at + 1)) {
    if (sought.every((byte, position) => bytes[at + position] === byte)) return true;
  }
  return false;
}

function utf16(text: string): Uint8Array {
  return Uint8Array.from(Array.from(text).flatMap((char) => [char.charCodeAt(0), 0]));
}
