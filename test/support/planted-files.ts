/** Files in Postgres and in the bucket that were never uploaded. */
import type { SignedIn } from "./client.ts";
import type { SeenDatabase } from "./postgres.ts";
import type { SeenBucket } from "./storage.ts";

export type Planted = {
  status?: "pending" | "processing" | "ready" | "failed";
  /** Without one, its bytes are missing. */
  hasObject?: boolean;
  hoursOld?: number;
  /** In minutes from now. */
  uploadExpiresIn?: number;
};

export const hoursAgo = (hours: number) => new Date(Date.now() - hours * 60 * 60 * 1000);

/** A file of a user, with a page and a passage; returns its id. */
export async function plantFile(
  { query, plantObject }: SeenDatabase & SeenBucket,
  of: SignedIn,
  { status = "ready", hasObject = true, hoursOld = 0, uploadExpiresIn }: Planted = {},
): Promise<string> {
  const id = crypto.randomUUID();
  const at = hoursAgo(hoursOld);
  const expires =
    uploadExpiresIn === undefined ? null : new Date(Date.now() + uploadExpiresIn * 60_000);
  await query(
    `INSERT INTO files (id, user_id, original_name, file_path, file_url, file_size, content_type,
       status, created_at, updated_at, upload_expires_at)
     VALUES ($1::uuid, $2, 'lease.txt', 'files/' || $1, '/files/' || $1 || '/content', 7, 'text/plain',
       $3, $4, $4, $5)`,
    [id, of.user.id, status, at.toISOString(), expires?.toISOString() ?? null],
  );
  await query(
    `INSERT INTO file_pages (file_id, part, page, start_offset, end_offset, text)
     VALUES ($1, 0, 1, 0, 7, 'planted')`,
    [id],
  );
  await query(
    `INSERT INTO passages (file_id, ordinal, user_id, start_offset, end_offset, page, text)
     VALUES ($1, 0, $2, 0, 7, 1, 'planted')`,
    [id, of.user.id],
  );
  if (hasObject) await plantObject(`files/${id}`, "planted", at);
  return id;
}
