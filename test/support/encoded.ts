/** Texts in encodings that nothing encodes any more: by the decoder of each. */

const ENCODERS = new Map<string, Map<string, number[]>>();

/** The bytes of a text; throws for what the encoding has not. */
export function bytesIn(text: string, encoding: string): Uint8Array {
  if (encoding.startsWith("utf-16")) return utf16(text, encoding === "utf-16be");
  const encoder = ENCODERS.get(encoding) ?? encoderOf(encoding);
  ENCODERS.set(encoding, encoder);
  const bytes = Array.from(text).flatMap((char) => {
    const code = char.charCodeAt(0) < 0x80 ? [char.charCodeAt(0)] : encoder.get(char);
    if (!code) throw new Error(`${encoding} has no ${char}`);
    return code;
  });
  return Uint8Array.from(bytes);
}

function encoderOf(encoding: string): Map<string, number[]> {
  const decoder = new TextDecoder(encoding, { fatal: true, ignoreBOM: true });
  const encoder = new Map<string, number[]>();
  const add = (...bytes: number[]) => {
    try {
      const char = decoder.decode(Uint8Array.from(bytes));
      if (Array.from(char).length === 1 && !encoder.has(char)) encoder.set(char, bytes);
    } catch {
      // No character of the encoding.
    }
  };
  for (let byte = 0x80; byte < 0x100; byte++) add(byte);
  for (let lead = 0x81; lead < 0xff; lead++) {
    for (let trail = 0x40; trail < 0xff; trail++) add(lead, trail);
  }
  return encoder;
}

function utf16(text: string, isBigEndian: boolean): Uint8Array {
  const bytes = Buffer.from(text, "utf16le");
  return isBigEndian ? bytes.swap16() : bytes;
}
