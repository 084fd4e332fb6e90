/** The text of a message or delta, in every shape that providers send. Pure. */
import { type Fields, toFields, toText } from "./fields.ts";

/** A piece of the answer, of the reasoning before it, or of a refusal to answer. */
export type AnswerPart = { type: "text" | "reasoning" | "refusal"; text: string };

/** Mistral nests twice, no known provider deeper. */
const DEEPEST = 4;

/**
 * Fields that hold reasoning beside the content: DeepSeek, Qwen, vLLM; OpenRouter, Groq, Ollama;
 * OpenRouter again, in parts; LiteLLM. Some send the same text in two of them, so only the first that has
 * any is used.
 */
const REASONING_FIELDS = ["reasoning_content", "reasoning", "reasoning_details", "thinking_blocks"];

/** The parts of a `delta` or `message`: reasoning, text, refusal, in this order. */
export function toAnswerParts(message: Fields): AnswerPart[] {
  const parts: AnswerPart[] = [];
  for (const field of REASONING_FIELDS) {
    const value = message[field];
    const text = value === undefined ? "" : textIn(value);
    if (text === "") continue;
    parts.push({ type: "reasoning", text });
    break;
  }
  const { content } = message;
  if (typeof content !== "string") parts.push(...toContentParts(content));
  else if (content !== "") parts.push({ type: "text", text: content });
  const refusal = toText(message.refusal);
  if (refusal !== undefined) parts.push({ type: "refusal", text: refusal });
  return parts;
}

/** Content as an array of parts, or as one part. */
function toContentParts(content: unknown): AnswerPart[] {
  const parts: unknown[] = Array.isArray(content) ? content : [content];
  return parts.map(toContentPart).filter(({ text }) => text !== "");
}

function toContentPart(part: unknown): AnswerPart {
  if (typeof part === "string") return { type: "text", text: part };
  const fields = toFields(part) ?? {};
  const { type } = fields;
  if (type === "thinking" || type === "reasoning") return { type: "reasoning", text: textIn(part) };
  if (type === "refusal") return { type, text: textIn(fields.refusal ?? fields.text) };
  // Images, references and tool calls have no text.
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
