/** The name of a download (RFC 6266): headers are Latin-1, so the real name is added in an encoded form. */
import { firstCodePoints } from "../lib/code-points.ts";

/** In code points. */
const LONGEST_NAME = 100;

/** What file systems refuse, or what changes how a name is displayed. */
const UNUSABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\\/:*?"<>|]+/gu;

/** The header value for a download named after any text; `extension` without its dot. */
export function attachment(name: string, extension: string): string {
  return disposition(`${usableName(name)}.${extension}`);
}

/** The header value for a download whose name includes its extension, if it has one. */
export function attachmentAs(name: string): string {
  return disposition(usableFileName(name));
}

/** A name that file systems accept, with the extension of the given one; `longest` in code points. */
export function usableFileName(name: string, longest = LONGEST_NAME): string {
  const [, stem = name, extension = ""] = /^(.+)(\.[A-Za-z0-9]{1,8})$/s.exec(name) ?? [];
  return usableName(stem, longest) + extension;
}

function disposition(usable: string): string {
  const plain = usable.replace(/[^\x20-\x7e]+/g, "_").replaceAll("%", "_");
  return `attachment; filename="${plain}"; filename*=UTF-8''${encodeExtended(usable)}`;
}

function usableName(name: string, longest = LONGEST_NAME): string {
  const spaced = name.replace(UNUSABLE, " ").replace(/\s+/g, " ");
  const short = firstCodePoints(spaced, longest);
  return short.replace(/^[. ]+|[. ]+$/g, "") || "download";
}

/** RFC 8187 section 3.2.1 allows fewer characters than `encodeURIComponent` leaves unencoded. */
function encodeExtended(value: string): string {
  return encodeURIComponent(value).replace(
    /['()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
