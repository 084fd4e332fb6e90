/** Invalid output of a provider: numbers, texts and chunks that cannot be stored as they are. */
import type { RawStep } from "../../../local/provider/script.ts";
import type { Random } from "./random.ts";

/**
 * Texts that JSON can contain and Postgres cannot, or only in another form. None begins with a byte order
 * mark: the embedded Postgres (PGlite) loses that of a column, which neither Neon nor a real server does.
 */
const TEXTS = [
  "\0",
  "a\0b",
  "\ud800",
  "\udfffx",
  "a\ufeff",
  "\u0007",
  "\r\n\r\n",
  "",
  "x".repeat(20_000),
];

const FINISH_REASONS: unknown[] = [...TEXTS, 7, {}, ["stop"], true, null];

const COUNTS: unknown[] = [3e9, 2 ** 53, 1e300, -1, 0.5, "12", "many", true, null, {}, []];

const USAGES: unknown[] = [0, "much", [], true, { prompt_tokens: 1 }, {}];

/** Events that are no chunks, and incomplete chunks. */
const ODD = [
  ": a comment\n\n",
  "retry: 1\n\n",
  "data:\n\n",
  "data: null\n\n",
  "data: []\n\n",
  "data: 7\n\n",
  "data: {}\n\n",
  'data: {"choices":null}\n\n',
  'data: {"choices":{}}\n\n',
  'data: {"choices":[]}\n\n',
  'data: {"choices":[null]}\n\n',
  'data: {"choices":[{"delta":null}]}\n\n',
  'data: {"choices":[{"delta":{"content":42}}]}\n\n',
  'data: {"choices":[{"delta":{"content":["a"]}}]}\n\n',
  'data: {"choices":[{"index":1,"delta":{"content":"of another choice"}}]}\n\n',
  'data: {"choices":[{"delta":{"tool_calls":[{"function":{"arguments":"{"}}]}}]}\n\n',
  'event: ping\ndata: {"type":"ping"}\n\n',
  'data: {"error":{"message":"secret","code":"\\u0000"}}\n\n',
  "\r\n\r\n",
];

/** More than an answer may have, in words that are all different. */
const HUGE_WORDS = 180_000;
const WORDS_AT_ONCE = 12_000;

/** An answer with some of it. */
export function hostileAnswer(random: Random): RawStep[] {
  const steps: RawStep[] = [];
  for (let left = random.between(1, 6); left > 0; left--) {
    if (random.chance(0.4)) steps.push(random.pick(ODD));
    steps.push(delta({ content: random.pick([...TEXTS, "plain ", "words "]) }));
    if (random.chance(0.2)) steps.push(delta({ reasoning_content: random.pick(TEXTS) }));
  }
  if (random.chance(0.03)) steps.push(...hugeText(random));
  if (random.chance(0.8)) steps.push(delta({}, random.pick(FINISH_REASONS)));
  if (random.chance(0.8)) steps.push(chunk({ choices: [], usage: hostileUsage(random) }));
  if (random.chance(0.7)) steps.push("data: [DONE]\n\n");
  return random.chance(0.3) ? [...steps, { end: random.pick(["cut", "reset", "open"]) }] : steps;
}

function hostileUsage(random: Random): unknown {
  if (random.chance(0.3)) return random.pick(USAGES);
  const [prompt_tokens, completion_tokens] = [random.pick(COUNTS), random.pick(COUNTS)];
  return { prompt_tokens, completion_tokens, total_tokens: random.pick(COUNTS) };
}

/** A whole completion of a title that was requested as JSON. */
export function hostileTitle(random: Random): string {
  const name = random.pick<unknown>([...TEXTS, 7, null, {}]);
  const content = random.pick([JSON.stringify({ suggested_name: name }), "[]", "no JSON", "\0"]);
  const message = { role: "assistant", content };
  const choices = [{ index: 0, message, finish_reason: random.pick(FINISH_REASONS) }];
  return JSON.stringify({ id: "chatcmpl-hostile", choices, usage: hostileUsage(random) });
}

function hugeText(random: Random): RawStep[] {
  const words = Array.from({ length: HUGE_WORDS }, (_, index) =>
    (index + random.below(9)).toString(36),
  );
  const pieces = Array.from({ length: HUGE_WORDS / WORDS_AT_ONCE }, (_, piece) =>
    words.slice(piece * WORDS_AT_ONCE, (piece + 1) * WORDS_AT_ONCE).join(" "),
  );
  return pieces.map((content) => delta({ content }));
}

function delta(members: object, finish_reason: unknown = null): string {
  return chunk({ choices: [{ index: 0, delta: members, finish_reason }] });
}

function chunk(members: object): string {
  const head = { id: "chatcmpl-hostile", object: "chat.completion.chunk", created: 1, model: "m" };
  return `data: ${JSON.stringify({ ...head, ...members })}\n\n`;
}
