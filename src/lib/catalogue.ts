/** The closed catalogue of all expected failures. */
import { limitCatalogue } from "./limit-catalogue.ts";
import { type CatalogueEntry, providerCatalogue } from "./provider-catalogue.ts";
import { signInCatalogue } from "./sign-in-catalogue.ts";

export const catalogue = {
  malformed_json: {
    status: 400,
    title: "Malformed JSON",
    detail: "The request body is not valid JSON.",
  },
  invalid_encoding: {
    status: 400,
    title: "Invalid encoding",
    detail: "The request is not valid UTF-8.",
  },
  malformed_header: {
    status: 400,
    title: "Malformed header",
    detail: "A request header is malformed. Correct its value and send the request again.",
  },
  malformed_request: {
    status: 400,
    title: "Malformed request",
    detail: "The request is malformed. Check it against the documentation at /docs.",
  },
  malformed_upload: {
    status: 400,
    title: "Malformed upload",
    detail: "The request body is not multipart/form-data with one file in a field named `file`.",
  },
  unknown_event_id: {
    status: 400,
    title: "Unknown event id",
    detail:
      "The event id to resume from does not belong to this chat. Resume without one at GET /chats/{id}/stream.",
  },
  unknown_offset: {
    status: 400,
    title: "Unknown offset",
    detail:
      "The offset is no position in this chat's events. Send one from a Stream-Next-Offset header, `-1` or `now`.",
  },
  origin_not_allowed: {
    status: 403,
    title: "Origin not allowed",
    detail:
      "Requests with a session cookie that change data, and live sockets, must come from an allowed origin.",
  },
  not_found: {
    status: 404,
    title: "Not found",
    detail: "You have nothing with this id.",
  },
  route_not_found: {
    status: 404,
    title: "No such route",
    detail: "The API has no such route. See the documentation at /docs.",
  },
  model_not_found: {
    status: 404,
    title: "No such model",
    detail: "There is no such model. `GET /v1/models` lists those that can be used.",
  },
  chat_deleted: {
    status: 404,
    title: "Chat deleted",
    detail: "The chat was deleted while the answer was running. The answer was not saved.",
  },
  method_not_allowed: {
    status: 405,
    title: "Method not allowed",
    detail: "This route does not support this method. The Allow header lists the supported ones.",
  },
  not_acceptable: {
    status: 406,
    title: "Not acceptable",
    detail: "The response is not available in any format that the Accept header allows.",
  },
  body_too_slow: {
    status: 408,
    title: "Body too slow",
    detail: "The request body did not arrive in time. Send it again over a faster connection.",
  },
  response_in_chat: {
    status: 409,
    title: "Response in a chat",
    detail: "This response belongs to a chat of the list. Delete the chat instead.",
  },
  ambiguous_event_id: {
    status: 409,
    title: "Ambiguous event id",
    detail:
      "Several chats began with this message, so the event id does not say which one to resume. Resume at GET /chats/{id}/stream, or send an Idempotency-Key.",
  },
  turn_in_progress: {
    status: 409,
    title: "Answer in progress",
    detail: "An answer is running in this chat. Wait until it ends, or stop it.",
  },
  file_failed: {
    status: 409,
    title: "File failed",
    detail:
      "The ingestion of a file has failed; its `failure` names the reason. Remove the file, or retry its ingestion.",
  },
  file_processing: {
    status: 409,
    title: "File is still processing",
    detail: "A file is still being processed. Retry once it is ready.",
  },
  file_not_uploaded: {
    status: 409,
    title: "File not uploaded",
    detail:
      "The bytes of this file are not in the bucket. Upload them, then complete the file again.",
  },
  log_pruned: {
    status: 410,
    title: "Events no longer kept",
    detail:
      "Events after this offset are no longer kept. Continue with the offset `-1`, and read what was before from the chat's messages.",
  },
  precondition_failed: {
    status: 412,
    title: "Changed meanwhile",
    detail: "The chat has changed since you read it. Read it again, then repeat the change.",
  },
  body_too_large: {
    status: 413,
    title: "Body too large",
    detail: "The request body is larger than this route allows. Send a smaller one.",
  },
  file_too_large: {
    status: 413,
    title: "File too large",
    detail:
      "The file is larger than this kind of upload allows. Send a smaller file, or upload directly to the bucket.",
  },
  unsupported_media_type: {
    status: 415,
    title: "Unsupported content type",
    detail: "This route only accepts the content type application/json.",
  },
  unsupported_content_encoding: {
    status: 415,
    title: "Unsupported content encoding",
    detail:
      "The request body is compressed. Send it uncompressed, without a Content-Encoding header.",
  },
  unsupported_file: {
    status: 415,
    title: "Unsupported file type",
    detail:
      "This file type is not supported. Upload a PDF, DOCX, XLSX (both without macros), ODT, EML, TXT, Markdown, HTML or CSV file, or a PNG, JPEG, WebP or TIFF image; convert an old .doc or .xls to one of them.",
  },
  https_required: {
    status: 421,
    title: "HTTPS required",
    detail: "Tokens are only issued over HTTPS. Send the request to an https URL.",
  },
  validation_failed: {
    status: 422,
    title: "Validation failed",
    detail: "Some fields are missing, unknown or invalid; `errors` lists them.",
  },
  model_unpriced: {
    status: 422,
    title: "Model without a price",
    detail:
      "The price of this model is unknown, so that it cannot be used under a budget of money. Choose another model.",
  },
  unknown_model: {
    status: 422,
    title: "Unknown model",
    detail:
      "This model is not available. Choose another one, or leave it out to use the default model.",
  },
  reserved_key: {
    status: 422,
    title: "Reserved key",
    detail: "The metadata contains a key that is reserved for the server. Remove it.",
  },
  not_an_answer: {
    status: 422,
    title: "Not an answer",
    detail: "This message is not an answer. Only answers can be rated.",
  },
  idempotency_key_reused: {
    status: 422,
    title: "Idempotency key reused",
    detail: "This Idempotency-Key was already used for a different request. Send a new one.",
  },
  no_question: {
    status: 422,
    title: "No user message",
    detail: "There is no user message to answer again. Regenerate an answer to a user message.",
  },
  answer_not_editable: {
    status: 422,
    title: "Answers cannot be edited",
    detail:
      "Only user messages can be edited. Regenerate the answer, or edit the user message before it.",
  },
  empty_file: {
    status: 422,
    title: "Empty file",
    detail: "The file is empty. Upload a file with content.",
  },
  file_mismatch: {
    status: 422,
    title: "File does not match",
    detail:
      "The bytes in the bucket do not match the announced size or checksum. Upload the announced bytes, or announce the file again.",
  },
  upgrade_required: {
    status: 426,
    title: "Upgrade required",
    detail: "This route only accepts WebSocket connections.",
  },
  budget_exhausted: {
    status: 429,
    title: "Budget exhausted",
    detail:
      "The budget is used up, or what is left does not cover this request. Retry after the time in the Retry-After header, or ask an administrator for more.",
  },
  too_many_subscribers: {
    status: 429,
    title: "Too many subscribers",
    detail: "This chat has reached its limit of open streams. Close some, or retry in a moment.",
  },
  headers_too_large: {
    status: 431,
    title: "Headers too large",
    detail: "The request headers are too large. Send fewer or smaller ones.",
  },
  internal_error: {
    status: 500,
    title: "Internal error",
    detail: "An unexpected error occurred on the server. If it persists, report the request id.",
  },
  misconfigured: {
    status: 500,
    title: "Misconfigured",
    detail:
      "The server is misconfigured; `variables` names the invalid settings. An operator has to correct them.",
  },
  ...signInCatalogue,
  ...limitCatalogue,
  ...providerCatalogue,
  turn_interrupted: {
    status: 502,
    title: "Answer interrupted",
    detail: "The answer was interrupted. The text so far is saved; regenerate the answer.",
  },
  save_refused: {
    status: 502,
    title: "Answer not fully saved",
    detail:
      "The answer contains data that cannot be saved. The rest is saved; regenerate the answer.",
  },
  database_unavailable: {
    status: 503,
    title: "Database unavailable",
    detail:
      "The database cannot be reached right now. The request may or may not have been applied. Retry with the same Idempotency-Key.",
  },
  room_unavailable: {
    status: 503,
    title: "Chat unavailable",
    detail: "The chat cannot be reached right now. Retry in a moment.",
  },
  storage_unavailable: {
    status: 503,
    title: "Storage unavailable",
    detail: "The file storage cannot be reached right now. Retry in a moment.",
  },
  storage_not_configured: {
    status: 503,
    title: "No storage",
    detail: "This server has no file storage. An operator has to configure it.",
  },
  save_delayed: {
    status: 503,
    title: "Saving is delayed",
    detail: "The answer is complete but not saved yet. It appears in the chat once it is saved.",
  },
  file_not_ready: {
    status: 504,
    title: "File not ready in time",
    detail: "An attachment took too long to process. Regenerate the answer once the file is ready.",
  },
} as const satisfies Record<string, CatalogueEntry>;
