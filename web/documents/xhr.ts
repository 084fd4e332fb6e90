/** Requests whose upload can be watched, which `fetch` cannot. */
import { sessionEnded } from "../api/session-end.ts";

export type UploadRequest = {
  method: "POST" | "PUT";
  url: string;
  headers: Record<string, string>;
  body: FormData | Blob;
  /** Called with what part of the body has been sent, between 0 and 1. */
  onProgress: (part: number) => void;
  signal: AbortSignal;
};

/** As `fetch`: rejects with a `TypeError` without a response, and with an `AbortError` where it is aborted. */
export function sendWatched(request: UploadRequest): Promise<Response> {
  const { promise, resolve, reject } = Promise.withResolvers<Response>();
  const xhr = new XMLHttpRequest();
  const abort = () => xhr.abort();
  xhr.open(request.method, request.url);
  for (const [name, value] of Object.entries(request.headers)) xhr.setRequestHeader(name, value);
  xhr.upload.addEventListener("progress", ({ loaded, total, lengthComputable }) => {
    if (lengthComputable && total > 0) request.onProgress(loaded / total);
  });
  xhr.addEventListener("load", () => resolve(toResponse(xhr, request.url)));
  xhr.addEventListener("error", () => reject(new TypeError("There was no response.")));
  xhr.addEventListener("abort", () => reject(new DOMException("Cancelled.", "AbortError")));
  xhr.addEventListener("loadend", () => request.signal.removeEventListener("abort", abort));
  request.signal.addEventListener("abort", abort);
  xhr.send(request.body);
  return promise;
}

function toResponse(xhr: XMLHttpRequest, url: string): Response {
  if (xhr.status === 401 && url.startsWith("/")) sessionEnded.value += 1;
  // To ask for a header that the bucket does not expose would be reported on the console.
  const [, retryAfter] = /^retry-after: *(.*)$/im.exec(xhr.getAllResponseHeaders()) ?? [];
  const headers = retryAfter === undefined ? {} : { "retry-after": retryAfter.trim() };
  const hasBody = xhr.status !== 204;
  return new Response(hasBody ? xhr.responseText : null, { status: xhr.status, headers });
}
