/** A provider whose answer is determined by the user message: its words, its pace, its failure. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { listen, readText, type RunningServer, sendJson } from "../../../local/http-server.ts";
import { kindOf } from "../../../local/provider/assistant.ts";
import {
  type CompletionRequest,
  sendStream,
  sendWhole,
  usageOf,
} from "../../../local/provider/completion.ts";
import { sendRaw } from "../../../local/provider/raw.ts";
import type { Script } from "../../../local/provider/script.ts";
import type { CountedCall } from "./history.ts";
import { hostileAnswer, hostileTitle } from "./hostile-answers.ts";
import { Random } from "./random.ts";

/** Of one byte, of several, of several code points, and characters that could cut a line or an event. */
const WORDS = ["so ", "é", "契約", "👩‍⚖️", "e\u0301 ", "\n\ndata: {}\n\n", "\u2028", "ﷺ ", "🇩🇪"];

export function startSeededProvider(): Promise<RunningServer> {
  return listen(async (request: IncomingMessage, response: ServerResponse) => {
    const body: CompletionRequest = JSON.parse(await readText(request));
    const reply = { request: body, released: Promise.resolve() };
    const { script, isTitle } = planFor(body);
    if (script.raw) await sendRaw({ ...reply, script }, response);
    else if (isTitle) await sendWhole({ ...reply, script }, response);
    else if (script.errorStatus)
      sendJson(response, script.errorStatus, { error: { message: "no" } });
    else await sendStream({ ...reply, script }, response);
  });
}

function planFor(body: CompletionRequest): { script: Script; isTitle: boolean } {
  const isTitle = kindOf(body) === "title";
  const make = isTitle ? titleFor : scriptFor;
  return { script: make(lastUserMessage(body)), isTitle };
}

/** What a whole answer to the request reports to have used; "odd" where it may be anything. */
export function countOf(body: CompletionRequest): CountedCall | "odd" | undefined {
  const { script, isTitle } = planFor(body);
  if (script.raw) return "odd";
  if (script.omitUsage || script.errorStatus) return undefined;
  const { prompt_tokens: prompt, completion_tokens: completion } = usageOf(body, script);
  return { kind: isTitle ? "title" : "answer", prompt, completion };
}

/** The last user message. */
export function lastUserMessage({ messages }: CompletionRequest): string {
  return messages.findLast(({ role }) => role === "user")?.content ?? "";
}

const HOSTILE = 0.15;

function titleFor(userMessage: string): Script {
  const random = new Random(hashOf(userMessage) + 1);
  if (!random.chance(HOSTILE)) return { tokens: ['{"suggested_name":"Ein Fall"}'] };
  return { raw: [hostileTitle(random)], contentType: "application/json" };
}

function scriptFor(userMessage: string): Script {
  const random = new Random(hashOf(userMessage));
  if (random.chance(HOSTILE)) return { raw: hostileAnswer(random) };
  const tokens = Array.from({ length: random.between(1, 25) }, () => random.pick(WORDS));
  const position = random.below(tokens.length);
  return {
    tokens,
    tokenDelayMs: random.pick([0, 0, 1, 5, 15]),
    firstTokenDelayMs: random.pick([0, 0, 10, 50]),
    omitUsage: random.chance(0.2),
    ...(random.chance(0.05) && { errorStatus: random.pick([401, 429, 500]) }),
    ...(random.chance(0.05) && { cutAfter: position }),
    ...(random.chance(0.05) && { malformedAfter: position }),
    ...(random.chance(0.2) && { bytesPerWrite: random.between(1, 40) }),
  };
}

/** FNV-1a. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash;
}
