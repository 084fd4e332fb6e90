/** How the SDK reaches a provider. */
import { decodeUtf8, readAtMost } from "../../lib/bytes.ts";

const LARGEST_ERROR_BYTES = 64 * 1024;
const KEPT_HEADERS = ["retry-after", "date", "x-request-id"];

/**
 * Like `fetch`. Of a refusal, the SDK knows a member named `error` alone, and others have theirs elsewhere
 * (vLLM, Mistral, Gemini's array): here the whole body becomes that member.
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

/** JSON, or text that is none; empty where there is nothing to read, or more than a refusal needs. */
async function readError({ body }: Response): Promise<unknown> {
  const bytes = body && (await readAtMost(body, LARGEST_ERROR_BYTES).catch(() => undefined));
  const text = (bytes && decodeUtf8(bytes)) ?? "";
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
