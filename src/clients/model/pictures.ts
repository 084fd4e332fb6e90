/** Messages with pictures, as OpenAI's wire format has them: in data URLs (RFC 2397). Pure. */

type Message = { role: string; content: string };

export type ShownPicture = { mediaType: string; bytes: Uint8Array };

/** The messages, the last of which shows pictures behind its text. */
export function withPictures(messages: readonly Message[], pictures: readonly ShownPicture[]) {
  const last = messages.at(-1);
  if (!last) return messages;
  const images = pictures.map(({ mediaType, bytes }) => ({
    type: "image_url",
    image_url: { url: `data:${mediaType};base64,${toBase64(bytes)}` },
  }));
  const content = [{ type: "text", text: last.content }, ...images];
  return [...messages.slice(0, -1), { role: last.role, content }];
}

/** Bytes that are encoded at once: three give four characters. */
const AT_ONCE = 3 * 8_192;

function toBase64(bytes: Uint8Array): string {
  const pieces: string[] = [];
  for (let at = 0; at < bytes.byteLength; at += AT_ONCE) {
    pieces.push(btoa(String.fromCharCode(...bytes.subarray(at, at + AT_ONCE))));
  }
  return pieces.join("");
}
