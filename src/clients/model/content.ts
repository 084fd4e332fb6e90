/** The text of a message, or of a piece of one, in every shape that providers give it. Pure. */
import { type Fields, toFields, toText } from "./fields.ts";

/** What was said: the answer, the thinking before it, or a refusal to answer. */
export type Said = { type: "text" | "reasoning" | "refusal"; text: string };

/** Mistral nests twice; deeper is nobody's. */
const DEEPEST = 4;

/**
 * Where reasoning stands beside the content: DeepSeek, Qwen, vLLM; OpenRouter, Groq, Ollama; OpenRouter
 * again, in parts; LiteLLM. Some send the same words in two of them, so the first that has any counts.
 */
const REASONING_FIELDS = ["reasoning_content", "reasoning", "reasoning_details", "thinking_blocks"];

/** What a `delta` or a `message` says, in the order in which it is to be read. */
export function toSaid(message: Fields): Said[] {
  const said: Said[] = [];
  for (const field of REASONING_FIELDS) {
    const value = message[field];
    const text = value === undefined ? "" : textIn(value);
    if (text === "") continue;
    said.push({ type: "reasoning", text });
    break;
  }
  const { content } = message;
  if (typeof content !== "string") said.push(...toParts(content));
  else if (content !== "") said.push({ type: "text", text: content });
  const refusal = toText(message.refusal);
  if (refusal !== undefined) said.push({ type: "refusal", text: refusal });
  return said;
}

/** Of content that is an array of parts, or one part alone. */
function toParts(content: unknown): Said[] {
  const parts: unknown[] = Array.isArray(content) ? content : [content];
  return parts.map(toPart).filter(({ text }) => text !== "");
}

function toPart(part: unknown): Said {
  if (typeof part === "string") return { type: "text", text: part };
  const fields = toFields(part) ?? {};
  const { type } = fields;
  if (type === "thinking" || type === "reasoning") return { type: "reasoning", text: textIn(part) };
  if (type === "refusal") return { type, text: textIn(fields.refusal ?? fields.text) };
  // Images, references and calls of tools are no text.
  const isText = type === undefined || type === "text" || type === "output_text";
  return { type: "text", text: isText ? textIn(fields.text ?? fields.content) : "" };
}

/** All text in a value, in order; "" where there is none. */
function textIn(value: unknown, depth = 0): string {
  if (typeof value === "string") return value;
  if (depth === DEEPEST) return "";
  if (Array.isArray(value)) return value.map((part) => textIn(part, depth + 1)).join("");
  const { text, thinking, reasoning, summary, content, value: inner } = toFields(value) ?? {};
  const found = text ?? thinking ?? reasoning ?? summary ?? content ?? inner;
  return found === undefined || found === null ? "" : textIn(found, depth + 1);
}
