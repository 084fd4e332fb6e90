/** The container of old Office files, which a Word document behind a password is wrapped in. */

const SIGNATURE = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];

/** Names of its streams, which its directory holds as UTF-16. */
const ENCRYPTED = utf16("EncryptedPackage");
const OLD_WORD = utf16("WordDocument");

export function isOleContainer(bytes: Uint8Array): boolean {
  return SIGNATURE.every((byte, place) => bytes[place] === byte);
}

/** By the directory where the bytes hold it, else by the name: the reading looks at all of it. */
export function mayBeEncryptedWord(bytes: Uint8Array, name: string): boolean {
  const holds = streamsIn(bytes);
  return holds.encrypted || (!holds.oldWord && /\.docx$/i.test(name));
}

/** Which of the two kinds of streams are named in a stretch of bytes. */
export function streamsIn(bytes: Uint8Array): { encrypted: boolean; oldWord: boolean } {
  return { encrypted: includes(bytes, ENCRYPTED), oldWord: includes(bytes, OLD_WORD) };
}

function includes(bytes: Uint8Array, sought: Uint8Array): boolean {
  const [first = 0] = sought;
  for (let at = bytes.indexOf(first); at >= 0; at = bytes.indexOf(first, at + 1)) {
    if (sought.every((byte, place) => bytes[at + place] === byte)) return true;
  }
  return false;
}

function utf16(text: string): Uint8Array {
  return Uint8Array.from(Array.from(text).flatMap((char) => [char.charCodeAt(0), 0]));
}
