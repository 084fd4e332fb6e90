/** The closed catalogue of everything that can go wrong in an expected way. */
import { type CatalogueEntry, providerCatalogue } from "./provider-catalogue.ts";

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
    detail: "A request header does not have the form it must have.",
  },
  malformed_request: {
    status: 400,
    title: "Malformed request",
    detail: "The request could not be understood.",
  },
  malformed_upload: {
    status: 400,
    title: "Malformed upload",
    detail: "The body is no multipart/form-data with one file in a field named `file`.",
  },
  unknown_event_id: {
    status: 400,
    title: "Unknown event id",
    detail: "The event id to resume from is not one of this chat.",
  },
  unauthenticated: {
    status: 401,
    title: "Not signed in",
    detail: "Sign in to use this part of the API.",
  },
  invalid_credentials: {
    status: 401,
    title: "Wrong credentials",
    detail: "The e-mail address or the password is wrong.",
  },
  invalid_token: {
    status: 401,
    title: "Invalid token",
    detail: "The token is not valid, or no longer valid. Sign in again.",
  },
  origin_not_allowed: {
    status: 403,
    title: "Origin not allowed",
    detail: "A change signed by cookie, or a live socket, must come from an allowed origin.",
  },
  not_found: {
    status: 404,
    title: "Not found",
    detail: "There is nothing here under this id that belongs to you.",
  },
  route_not_found: {
    status: 404,
    title: "No such address",
    detail: "The API has nothing at this address. Its documentation is at /docs.",
  },
  chat_deleted: {
    status: 404,
    title: "Chat deleted",
    detail: "The chat was deleted while the answer was being written. Nothing of it is kept.",
  },
  method_not_allowed: {
    status: 405,
    title: "Method not allowed",
    detail: "This address does not take this method; the Allow header names those it takes.",
  },
  not_acceptable: {
    status: 406,
    title: "Not acceptable",
    detail: "This address cannot answer in any of the formats that the Accept header names.",
  },
  body_too_slow: {
    status: 408,
    title: "Body too slow",
    detail: "The request body did not arrive in time. Send it again over a faster connection.",
  },
  email_taken: {
    status: 409,
    title: "E-mail address taken",
    detail: "There is an account with this e-mail address already.",
  },
  turn_in_progress: {
    status: 409,
    title: "Answer in progress",
    detail: "An answer is being written in this chat. Wait for its end, or stop it.",
  },
  file_failed: {
    status: 409,
    title: "File could not be read",
    detail:
      "A file could not be read, so that nothing can be said of it. It says why; remove it, or try it again.",
  },
  file_processing: {
    status: 409,
    title: "File is still being read",
    detail: "A file is still being read. Ask again once it is ready.",
  },
  file_not_uploaded: {
    status: 409,
    title: "File not uploaded",
    detail:
      "The bytes of this file have not arrived in the bucket. Upload them, then complete it again.",
  },
  precondition_failed: {
    status: 412,
    title: "Changed meanwhile",
    detail: "The chat was changed since you read it. Read it again, then repeat the change.",
  },
  body_too_large: {
    status: 413,
    title: "Body too large",
    detail: "The request body is larger than this address takes.",
  },
  file_too_large: {
    status: 413,
    title: "File too large",
    detail: "The file is larger than this way of uploading takes.",
  },
  unsupported_media_type: {
    status: 415,
    title: "Unsupported content type",
    detail: "This address takes a body of the type application/json only.",
  },
  unsupported_content_encoding: {
    status: 415,
    title: "Unsupported content encoding",
    detail: "The request body is compressed. Send it as it is, without a Content-Encoding header.",
  },
  unsupported_file: {
    status: 415,
    title: "Unsupported kind of file",
    detail:
      "This kind of file cannot be read. Send a PDF, DOCX (without macros), TXT, Markdown, HTML or CSV file; save an old .doc as one of them.",
  },
  https_required: {
    status: 421,
    title: "HTTPS required",
    detail: "Tokens are given out over HTTPS only. Send the request to an https address.",
  },
  validation_failed: {
    status: 422,
    title: "Validation failed",
    detail: "Some fields are missing, unknown or out of range; see the list of errors.",
  },
  unknown_model: {
    status: 422,
    title: "Unknown model",
    detail: "This model is not offered here. Leave it out to use the default one.",
  },
  reserved_key: {
    status: 422,
    title: "Reserved key",
    detail: "The metadata holds a key that the server writes itself.",
  },
  not_an_answer: {
    status: 422,
    title: "Not an answer",
    detail: "Only an answer can be rated, and this message is none.",
  },
  idempotency_key_reused: {
    status: 422,
    title: "Idempotency key reused",
    detail: "This Idempotency-Key was used before, for something else. Send a new one.",
  },
  no_question: {
    status: 422,
    title: "No question",
    detail: "This message answers no question, so there is none to answer again.",
  },
  answer_not_editable: {
    status: 422,
    title: "Answers are not edited",
    detail: "Only a question can be edited. Ask for another answer, or edit what it answers.",
  },
  empty_file: {
    status: 422,
    title: "Empty file",
    detail: "The file has no bytes.",
  },
  file_mismatch: {
    status: 422,
    title: "Not the file that was announced",
    detail:
      "The bytes in the bucket are not those that were announced: their size or checksum differs.",
  },
  upgrade_required: {
    status: 426,
    title: "Upgrade required",
    detail: "This address takes WebSocket connections only.",
  },
  too_many_password_checks: {
    status: 429,
    title: "Too many password checks",
    detail:
      "The server is checking as many passwords as it can at once. Try again after the time that the Retry-After header names.",
  },
  too_many_subscribers: {
    status: 429,
    title: "Too many subscribers",
    detail:
      "As many streams read this chat's answers as may read one chat. Close some, or try again in a moment.",
  },
  headers_too_large: {
    status: 431,
    title: "Headers too large",
    detail: "The request's header fields are too large.",
  },
  internal_error: {
    status: 500,
    title: "Internal error",
    detail: "Something went wrong on our side. If it persists, report the request id.",
  },
  misconfigured: {
    status: 500,
    title: "Misconfigured",
    detail:
      "The server refuses to serve until its configuration is mended; `variables` names what is wrong.",
  },
  ...providerCatalogue,
  turn_interrupted: {
    status: 502,
    title: "Answer interrupted",
    detail: "The answer was cut off. What was written so far is kept; ask for it again.",
  },
  save_refused: {
    status: 502,
    title: "Answer not saved as it was",
    detail:
      "The answer holds something that cannot be saved. What could be saved of it is kept; ask for it again.",
  },
  database_unavailable: {
    status: 503,
    title: "Database unavailable",
    detail:
      "The database cannot be reached right now. Nothing was changed that you were not told of.",
  },
  room_unavailable: {
    status: 503,
    title: "Chat unavailable",
    detail: "The chat cannot be reached right now. Try again in a moment.",
  },
  storage_unavailable: {
    status: 503,
    title: "Storage unavailable",
    detail: "The storage of files cannot be reached right now. Try again in a moment.",
  },
  storage_not_configured: {
    status: 503,
    title: "No storage",
    detail: "No storage of files is configured here.",
  },
  ai_not_configured: {
    status: 503,
    title: "No AI provider",
    detail: "No AI provider is configured for this model.",
  },
  ai_overloaded: {
    status: 503,
    title: "AI provider overloaded",
    detail: "The AI provider takes no more requests right now. Try again in a moment.",
  },
  save_delayed: {
    status: 503,
    title: "Saving is delayed",
    detail: "The answer is written but not yet saved. It will appear in the chat once it is.",
  },
  ai_timeout: {
    status: 504,
    title: "AI provider too slow",
    detail: "The AI provider took too long to answer. What was written so far is kept; try again.",
  },
  file_not_ready: {
    status: 504,
    title: "File not ready in time",
    detail: "A file of the question took too long to be read. Ask again once it is ready.",
  },
} as const satisfies Record<string, CatalogueEntry>;
