/** What can be done with a stored document. */
import { toast } from "../app/toast.tsx";
import { api, type Schemas } from "../api/client.ts";
import { sentenceOf } from "../api/problems.ts";
import { confirmed } from "../ui/dialog.tsx";

type StoredFile = Pick<Schemas["File"], "id" | "original_name">;

/** Asks, then deletes. Resolves to true where the file is gone. */
export async function deleteFile({ id, original_name: name }: StoredFile): Promise<boolean> {
  const isAgreed = await confirmed({
    title: "Delete this document?",
    text: `“${name}” is deleted with its text and its attachments. Quotations in your chats stay.`,
    confirm: "Delete",
  });
  if (!isAgreed) return false;
  try {
    await api.delete("/files/{id}", { path: { id } });
    toast(`“${name}” was deleted.`);
    return true;
  } catch (error) {
    toast(sentenceOf(error), { kind: "error" });
    return false;
  }
}

/** Has the browser save the file as it was uploaded. */
export async function downloadFile({ id }: StoredFile): Promise<void> {
  try {
    const { url } = await getDownload(id);
    window.location.assign(url);
  } catch (error) {
    toast(sentenceOf(error), { kind: "error" });
  }
}

/** A signed URL of the bytes. */
export function getDownload(id: string, signal?: AbortSignal): Promise<Schemas["SignedUrl"]> {
  return api.get("/files/{id}/content", { path: { id }, ...(signal && { signal }) });
}
