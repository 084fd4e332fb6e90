/** The `fetch` that the SDK calls providers with. */
import { decodeUtf8, readAtMost } from "../../lib/bytes.ts";

const LARGEST_ERROR_BYTES = 64 * 1024;
const KEPT_HEADERS = ["retry-after", "date", "x-request-id"];

/**
 * Like `fetch`, but wraps the whole body of an error response in a member named `error`. The SDK reads
 * only that member, and vLLM, Mistral and Gemini (an array) send their errors elsewhere.
 */
export async function fetchWithWholeErrors(
  ...request: Parameters<typeof fetch>
): Promise<Response> {
  const response = await fetch(...request);
  if (response.ok) return response;
  const headers = KEPT_HEADERS.flatMap((name): [string, string][] => {
    const value = response.headers.get(name);
    return value === null ? [] : [[name, value]];
  });
  const error = await readError(response);
  return Response.json({ error }, { status: response.status, headers });
}

/** The parsed JSON, or the text when it is not JSON; "" when the body is empty or over the limit. */
async function readError({ body }: Response): Promise<unknown> {
  const bytes = body && (await readAtMost(body, LARGEST_ERROR_BYTES).catch(() => undefined));
  const text = (bytes && decodeUtf8(bytes)) ?? "";
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
