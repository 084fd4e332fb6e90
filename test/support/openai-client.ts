/** The npm client of OpenAI, as a program uses it. */
import OpenAI from "openai";
import { newApiKey } from "./api-keys.ts";
import { type SignedIn, workerUrl } from "./client.ts";

type Options = { maxRetries?: number; fetch?: typeof fetch; baseUrl?: string };

/** A client with this API key, which repeats nothing unless asked to. */
export function openAiClient(
  apiKey: string,
  { maxRetries = 0, baseUrl = workerUrl, ...options }: Options = {},
): OpenAI {
  return new OpenAI({ apiKey, baseURL: `${baseUrl}/v1`, maxRetries, ...options });
}

/** A client with a new API key of the user for chats alone. */
export async function openAiClientOf(of: SignedIn, options: Options = {}): Promise<OpenAI> {
  const { key } = await newApiKey(
    of,
    ["chat"],
    options.baseUrl ? { baseUrl: options.baseUrl } : {},
  );
  return openAiClient(key, options);
}
