/** Routes of files. */
import { z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { attachmentAs } from "../../http/content-disposition.ts";
import { contentTag, hasTag, IfNoneMatch, notModified, tagged } from "../../http/entity-tag.ts";
import { ById } from "../../http/fields.ts";
import { namesType } from "../../http/negotiate.ts";
import type { Shown } from "../../http/on-demand.ts";
import { type App, createRouter, json, route, textHeader } from "../../http/router.ts";
import { toIso } from "../../lib/clock.ts";
import { encodeCursor } from "../../lib/cursor.ts";
import { Problem } from "../../lib/problem.ts";
import { eraseNow } from "../deletion/erase-now.ts";
import { READABLE_TYPES } from "./extract/kind.ts";
import {
  deleteFile,
  type FileRow,
  getFile,
  getFileText,
  listFiles,
  type PagePart,
  type TextPage,
} from "./queries.ts";
import { File, FileQuery, FileText, SignedUrl, TextQuery, toFile } from "./schemas.ts";

const tags = ["Files"];
const DOWNLOAD_SECONDS = 5 * 60;

/** Types that a client may accept for a download. */
const ANY_DOCUMENT = [...READABLE_TYPES, "application/octet-stream"];

const list = route({
  method: "get",
  path: "/files",
  operationId: "listFiles",
  scope: "files",
  tags,
  summary: "List your files",
  description: "Newest first. Follow `Link` to the next page.",
  request: { query: FileQuery, headers: IfNoneMatch },
  problems: ["malformed_header"],
  responses: {
    200: tagged(
      json(() => z.array(File()), "A page of files."),
      {
        Link: textHeader("`next` (RFC 8288)."),
      },
    ),
    304: notModified,
  },
});

const read = route({
  method: "get",
  path: "/files/{id}",
  operationId: "getFile",
  scope: "files",
  tags,
  summary: "Get a file and the status of its ingestion",
  description: "Poll it with `If-None-Match` until `status` is `ready` or `failed`.",
  request: { params: ById, headers: IfNoneMatch },
  problems: ["malformed_header"],
  responses: { 200: tagged(json(File, "The file.")), 304: notModified },
});

const remove = route({
  method: "delete",
  path: "/files/{id}",
  operationId: "deleteFile",
  scope: "files",
  tags,
  summary: "Delete a file",
  description:
    "Deletes its bytes, text and passages. Quotations in answers stay as part of the conversation.",
  request: { params: ById },
  responses: { 204: { description: "The file was deleted." } },
});

const download = route({
  method: "get",
  path: "/files/{id}/content",
  operationId: "downloadFile",
  scope: "files",
  tags,
  summary: "Download a file",
  description:
    "Redirects to a signed URL of the bucket, valid for five minutes. With `Accept: application/json` the response contains the URL.",
  request: { params: ById },
  formats: ANY_DOCUMENT,
  problems: ["file_not_uploaded", "storage_not_configured"],
  responses: {
    200: json(SignedUrl, "The signed URL."),
    302: {
      description: "Redirect to the bytes.",
      headers: { Location: textHeader("A signed URL.") },
    },
  },
});

const readText = route({
  method: "get",
  path: "/files/{id}/text",
  operationId: "getFileText",
  scope: "files",
  tags,
  summary: "Get the text of a file",
  description:
    "The text by page. The pages, concatenated without a separator, are the text that offsets of citations refer to. For text formats it is the decoded file, unchanged.",
  request: { params: ById, query: TextQuery, headers: IfNoneMatch },
  problems: ["malformed_header", "file_not_uploaded", "file_processing", "file_failed"],
  responses: { 200: tagged(json(FileText, "A part of the text.")), 304: notModified },
});

export const fileRoutes = createRouter()
  .openapi(list, async (c) => {
    const filter = c.req.valid("query");
    const rows = await listFiles(c.get("deps").db, c.get("principal").userId, filter);
    const headers = { etag: await contentTag(rows) };
    if (hasTag(c.req.valid("header")["if-none-match"], headers.etag)) {
      return c.body(null, 304, headers);
    }
    const shown = rows.slice(0, filter.limit);
    const link = rows.length > filter.limit ? linkToNext(filter.limit, shown.at(-1)) : undefined;
    return c.json(shown.map(toFile), 200, link === undefined ? headers : { ...headers, link });
  })
  .openapi(read, async (c) => {
    const { id } = c.req.valid("param");
    const file = await getFile(c.get("deps").db, c.get("principal").userId, id);
    const headers = { etag: await contentTag(file) };
    if (hasTag(c.req.valid("header")["if-none-match"], headers.etag)) {
      return c.body(null, 304, headers);
    }
    return c.json(toFile(file), 200, headers);
  })
  .openapi(remove, async (c) => {
    const { id } = c.req.valid("param");
    const key = await deleteFile(c.get("deps").db, c.get("principal").userId, id);
    await eraseNow(c, [{ kind: "object", target: key }]);
    return c.body(null, 204);
  })
  .openapi(download, async (c) => {
    const file = await getFile(
      c.get("deps").db,
      c.get("principal").userId,
      c.req.valid("param").id,
    );
    const { url, expiresAt } = await signDownload(c, file);
    if (!namesType(c.req.header("accept"), "application/json")) return c.redirect(url, 302);
    return c.json({ url, expires_at: expiresAt }, 200);
  })
  .openapi(readText, async (c) => {
    const { id } = c.req.valid("param");
    const query = c.req.valid("query");
    const page = await getFileText(c.get("deps").db, c.get("principal").userId, id, query);
    requireText(page.file);
    const text = toText(page);
    const headers = { etag: await contentTag(text) };
    if (hasTag(c.req.valid("header")["if-none-match"], headers.etag)) {
      return c.body(null, 304, headers);
    }
    return c.json(text, 200, headers);
  });

function linkToNext(limit: number, last: FileRow | undefined): string | undefined {
  if (!last) return undefined;
  const cursor = encodeCursor([toIso(last.created_at), last.id]);
  return `</files?limit=${limit}&cursor=${cursor}>; rel="next"`;
}

/**
 * Fixes type and disposition of the bucket's response: a file never runs in one of our origins, and
 * downloads under its name.
 */
async function signDownload(c: Context<App>, file: FileRow) {
  if (file.status === "pending" || file.failure_code === "missing") {
    throw new Problem("file_not_uploaded");
  }
  const { storage, clock } = c.get("deps");
  const response = {
    contentType: file.content_type,
    disposition: attachmentAs(file.original_name),
  };
  const expiresAt = toIso(new Date(clock() + DOWNLOAD_SECONDS * 1_000));
  return { url: await storage.presignGet(file.file_path, response, DOWNLOAD_SECONDS), expiresAt };
}

/** Throws the problem of a file without text. */
function requireText({ status }: FileRow): void {
  if (status === "pending") throw new Problem("file_not_uploaded");
  if (status === "processing") throw new Problem("file_processing");
  if (status === "failed") throw new Problem("file_failed");
}

function toText({ file, parts, nextPart }: TextPage): Shown<typeof FileText> {
  return {
    file_id: file.id,
    length: file.text_length ?? 0,
    pages: parts.map(toShownPart),
    next_cursor: nextPart === null ? null : encodeCursor([nextPart]),
  };
}

function toShownPart({ part: _part, ...shown }: PagePart) {
  return shown;
}
