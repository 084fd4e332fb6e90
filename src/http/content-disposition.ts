/** The name of a download (RFC 6266): headers are latin-1, so that the real name goes along encoded. */

/** As much as is kept of a name, in whole code points. */
const START = /^.{0,100}/u;

/** What no file system takes, or what would change how a name is shown. */
const UNUSABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\\/:*?"<>|]+/gu;

/** `attachment` under a name made of any text; `extension` without its dot. */
export function attachment(name: string, extension: string): string {
  return disposition(`${usableName(name)}.${extension}`);
}

/** `attachment` under a name that has its extension, or has none. */
export function attachmentAs(name: string): string {
  const [, stem = name, extension = ""] = /^(.+)(\.[A-Za-z0-9]{1,8})$/s.exec(name) ?? [];
  return disposition(usableName(stem) + extension);
}

function disposition(usable: string): string {
  const plain = usable.replace(/[^\x20-\x7e]+/g, "_").replaceAll("%", "_");
  return `attachment; filename="${plain}"; filename*=UTF-8''${encodeExtended(usable)}`;
}

function usableName(name: string): string {
  const spaced = name.replace(UNUSABLE, " ").replace(/\s+/g, " ");
  const short = START.exec(spaced)?.[0] ?? "";
  return short.replace(/^[. ]+|[. ]+$/g, "") || "download";
}

/** RFC 8187 section 3.2.1 allows fewer characters than `encodeURIComponent` leaves alone. */
function encodeExtended(value: string): string {
  return encodeURIComponent(value).replace(
    /['()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
