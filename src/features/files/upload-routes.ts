/** Routes for uploads through the Worker and directly to the bucket. */
import { ById } from "../../http/fields.ts";
import { markReplayed, readKey, validateKeyHeader } from "../../http/keyed-route.ts";
import {
  createRouter,
  fileBody,
  json,
  jsonBody,
  optionalJsonBody,
  route,
  textHeader,
} from "../../http/router.ts";
import type { ProblemCode } from "../../lib/problem.ts";
import { completeUpload } from "./complete.ts";
import { readUpload } from "./multipart.ts";
import { File, NewFile, StartedUpload, toFile, UploadCompletion } from "./schemas.ts";
import { startUpload } from "./signed-upload.ts";
import { storeUpload } from "./upload.ts";
import { sha256Hex } from "../../lib/sha256.ts";

const tags = ["Files"];

const Location = textHeader("Its path.");

const problems: ProblemCode[] = [
  "not_found",
  "unsupported_file",
  "empty_file",
  "file_too_large",
  "storage_unavailable",
  "storage_not_configured",
];

const upload = route({
  method: "post",
  path: "/files/upload",
  operationId: "uploadFile",
  scope: "files",
  limit: "uploads",
  tags,
  summary: "Upload a file",
  description:
    "Upload a PDF, DOCX, XLSX, ODT, EML, TXT, Markdown, HTML or CSV file, or a PNG, JPEG, WebP or TIFF image, of up to 10 MiB; its bytes decide the type. `failure` of `unsupported_file` says why it is refused. An upload may stall for up to 30 seconds; one that takes longer needs an average of at least 16 KiB per second. Ingestion runs in the background: poll `status`, or attach the file to a message right away.",
  keyed: true,
  request: { body: fileBody("file") },
  problems,
  responses: { 201: { ...json(File, "The file."), headers: { Location } } },
});

const start = route({
  method: "post",
  path: "/files",
  operationId: "startUpload",
  scope: "files",
  limit: "uploads",
  tags,
  summary: "Announce a file and get a signed URL for its bytes",
  description:
    "For files of up to 50 MiB. Send exactly the announced bytes with the returned method and headers within five minutes, then complete the file. A retry with the same Idempotency-Key returns a new URL.",
  keyed: true,
  request: { body: jsonBody(NewFile) },
  problems,
  responses: {
    201: {
      ...json(StartedUpload, "Where to send the bytes."),
      headers: { Location },
    },
  },
});

const complete = route({
  method: "post",
  path: "/files/{id}/complete",
  operationId: "completeUpload",
  scope: "files",
  tags,
  summary: "Complete an upload to the bucket",
  description:
    "Starts the ingestion of the uploaded bytes. Safe to repeat; a failed file is ingested again, and of a ready file the scanned pages without text are transcribed again. A text that failed with `unknown_encoding` is ingested in the `encoding` that the body names.",
  request: { params: ById, body: optionalJsonBody(UploadCompletion) },
  problems: [
    "file_not_uploaded",
    "file_mismatch",
    "unsupported_file",
    "storage_unavailable",
    "storage_not_configured",
  ],
  responses: { 200: json(File, "The file as it is now.") },
});

export const uploadRoutes = createRouter()
  .openapi(upload, async (c) => {
    validateKeyHeader(c);
    const { config, clock } = c.get("deps");
    const pace = { slackMs: config.BODY_TIMEOUT_MS, bytesPerSecond: config.LEAST_UPLOAD_RATE };
    const { name, contentType, bytes } = await readUpload(c.req.raw, pace, clock);
    const sha256 = await sha256Hex(bytes);
    const key = await readKey(c, { name, size: bytes.byteLength, sha256 });
    const ownerId = c.get("principal").userId;
    const file = { name, contentType, bytes, sha256 };
    const { row, isReplayed } = await storeUpload(c.env, c.get("deps"), ownerId, file, key);
    const headers = { location: `/files/${row.id}`, ...markReplayed(isReplayed) };
    return c.json(toFile(row), 201, headers);
  })
  .openapi(start, async (c) => {
    const body = c.req.valid("json");
    const key = await readKey(c, body);
    const started = await startUpload(c.get("deps"), c.get("principal").userId, body, key);
    const { row, expiresAt, isReplayed } = started;
    const responseBody = {
      file: toFile(row),
      upload: { ...started.upload, method: "PUT" as const, expires_at: expiresAt },
    };
    const headers = { location: `/files/${row.id}`, ...markReplayed(isReplayed) };
    return c.json(responseBody, 201, headers);
  })
  .openapi(complete, async (c) => {
    const { id } = c.req.valid("param");
    const { encoding } = c.req.valid("json");
    const upload = { fileId: id, encoding: encoding ?? undefined };
    const row = await completeUpload(c.env, c.get("deps"), c.get("principal").userId, upload);
    return c.json(toFile(row), 200);
  });
