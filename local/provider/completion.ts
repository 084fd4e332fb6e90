/** A chat completion on the wire, whole or as server-sent events, with the faults of a script. */
import type { ServerResponse } from "node:http";
import { setImmediate as nextTurn, setTimeout as delay } from "node:timers/promises";
import { sendJson } from "../http-server.ts";
import type { JsonSchema } from "./json-answer.ts";
import type { Script } from "./script.ts";

export type CompletionRequest = {
  model: string;
  messages: { role: string; content: string }[];
  stream?: boolean;
  stream_options?: { include_usage?: boolean };
  response_format?: { type: string; json_schema?: { name?: string; schema?: JsonSchema } };
};

export type Reply = { request: CompletionRequest; script: Script; released: Promise<void> };

/** A new id for each answer, as providers do. */
let served = 0;

/** Answers without streaming. */
export async function sendWhole(
  { request, script, released }: Reply,
  response: ServerResponse,
): Promise<void> {
  await delay(script.firstTokenDelayMs ?? 0);
  if (script.holdAfter !== undefined) await released;
  if (script.cutAfter !== undefined) {
    response.destroy();
    return;
  }
  const message = { role: "assistant", content: (script.tokens ?? []).join(""), refusal: null };
  const finish_reason = script.finishReason ?? "stop";
  sendJson(response, 200, {
    ...head(request, "chat.completion"),
    choices: [{ index: 0, message, finish_reason, logprobs: null }],
    ...(!script.omitUsage && { usage: usageOf(request, script) }),
  });
}

/** Answers piece by piece. */
export async function sendStream(reply: Reply, response: ServerResponse): Promise<void> {
  const { request, script } = reply;
  const chunks = new ChunkWriter(reply, response);
  response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-cache" });
  response.flushHeaders();
  await delay(script.firstTokenDelayMs ?? 0);
  await chunks.sendDelta({ role: "assistant", content: "" });
  if (!(await sendTokens(reply, chunks, response))) return;
  await chunks.sendFinish(script.finishReason ?? "stop");
  if (request.stream_options?.include_usage && !script.omitUsage) {
    await chunks.sendUsage(usageOf(request, script));
  }
  await chunks.write("data: [DONE]\n\n");
  response.end();
}

/** False when the script ends the stream early. */
async function sendTokens(
  { script, released }: Reply,
  chunks: ChunkWriter,
  response: ServerResponse,
): Promise<boolean> {
  const tokens = script.tokens ?? [];
  if (script.together) response.cork();
  for (const [index, token] of [...tokens, undefined].entries()) {
    if (index > 0 && script.tokenDelayMs) await delay(script.tokenDelayMs);
    if (script.holdAfter === index) await released;
    if (script.malformedAfter === index) response.write('data: {"choices":[{"delta"\n\n');
    if (script.cutAfter === index) {
      cut(response);
      return false;
    }
    if (response.destroyed) return false;
    if (token === undefined) break;
    await chunks.sendDelta({ content: token });
  }
  if (script.together) response.uncork();
  return true;
}

/** Closes the connection before the answer's end, after flushing what was written. */
function cut(response: ServerResponse): void {
  response.uncork();
  response.socket?.destroySoon();
}

class ChunkWriter {
  readonly #response: ServerResponse;
  readonly #bytesPerWrite: number | undefined;
  /** The constant beginning and end of an answer's chunks, serialised once. */
  readonly #prefix: string;
  readonly #suffix: string;

  constructor({ request, script }: Reply, response: ServerResponse) {
    this.#response = response;
    this.#bytesPerWrite = script.bytesPerWrite;
    this.#prefix = `data: ${JSON.stringify(head(request, "chat.completion.chunk")).slice(0, -1)}`;
    this.#suffix = request.stream_options?.include_usage ? `,"usage":null}\n\n` : "}\n\n";
  }

  sendDelta(delta: Record<string, string>): Promise<void> {
    return this.#sendChoice(JSON.stringify(delta), "null");
  }

  sendFinish(reason: string): Promise<void> {
    return this.#sendChoice("{}", JSON.stringify(reason));
  }

  sendUsage(usage: object): Promise<void> {
    return this.write(`${this.#prefix},"choices":[],"usage":${JSON.stringify(usage)}}\n\n`);
  }

  async write(text: string): Promise<void> {
    if (this.#bytesPerWrite === undefined) {
      this.#response.write(text);
      return;
    }
    const bytes = Buffer.from(text);
    for (let start = 0; start < bytes.length; start += this.#bytesPerWrite) {
      this.#response.write(bytes.subarray(start, start + this.#bytesPerWrite));
      // Writes of the same turn of the event loop would be sent together.
      await nextTurn();
    }
  }

  #sendChoice(delta: string, finishReason: string): Promise<void> {
    const choice = `{"index":0,"delta":${delta},"logprobs":null,"finish_reason":${finishReason}}`;
    return this.write(`${this.#prefix},"choices":[${choice}]${this.#suffix}`);
  }
}

function head({ model }: CompletionRequest, object: string) {
  const created = Math.floor(Date.now() / 1000);
  return { id: `chatcmpl-local-${++served}`, object, created, model, system_fingerprint: null };
}

const CHARACTERS_PER_TOKEN = 4;

/** What an answer reports to have used, in the words of the wire. */
export function usageOf({ messages }: CompletionRequest, { usage, tokens = [] }: Script) {
  const prompt = messages.reduce((sum, message) => sum + message.content.length, 0);
  const answer = tokens.join("").length;
  const prompt_tokens = usage?.prompt_tokens ?? Math.ceil(prompt / CHARACTERS_PER_TOKEN);
  const completion_tokens = usage?.completion_tokens ?? Math.ceil(answer / CHARACTERS_PER_TOKEN);
  return { prompt_tokens, completion_tokens, total_tokens: prompt_tokens + completion_tokens };
}
