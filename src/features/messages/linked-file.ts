/** The file that a message links to by its `file_url`. Pure. */
import { isId } from "../../lib/ids.ts";

/** The file id in a `/files/{id}/content` path, in lower case; undefined for any other URL. */
export function linkedFile(fileUrl: string | null): string | undefined {
  const [, id = ""] = /^\/files\/([0-9a-f-]{36})\/content$/i.exec(fileUrl ?? "") ?? [];
  return isId(id) ? id.toLowerCase() : undefined;
}
