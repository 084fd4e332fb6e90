/** Whether a ZIP is a Word document, by what its first bytes name. */

/** Parts that every Word document has, and no spreadsheet, slides, e-book or archive. */
const WORD_PART = "word/";

/** The headers of entries are found by their signature: sizes may stand behind the data, or lie. */
export function isWordZip(head: Uint8Array): boolean {
  for (const name of entryNames(head)) if (name.startsWith(WORD_PART)) return true;
  return false;
}

const HEADER_SIZE = 30;

function* entryNames(head: Uint8Array): Generator<string> {
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  for (let at = 0; at >= 0; at = head.indexOf(0x50, at + 1)) {
    if (at + HEADER_SIZE > head.byteLength) return;
    if (view.getUint32(at, true) !== 0x04034b50) continue;
    const from = at + HEADER_SIZE;
    const name = head.subarray(from, from + view.getUint16(at + 26, true));
    yield new TextDecoder().decode(name);
  }
}
