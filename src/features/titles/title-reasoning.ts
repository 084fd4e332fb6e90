/** Removes reasoning and chat template tokens from a model's answer. Pure. */

/** `<think>`, `<thought>`, `[THINK]`, `<seed:think>`, `<|START_THINKING|>` and similar tags. */
const OPENS =
  /^\s*[<[]\|?(?:\w+:)?(?:START_)?(?:think|thinking|thought|thoughts|reasoning|reflection)\|?[>\]]/i;
const CLOSES =
  /[<[]\|?(?:\/(?:\w+:)?|END_)(?:think|thinking|thought|thoughts|reasoning|reflection)\|?[>\]]/gi;

/** The answer without the reasoning before it and without end tokens; "" if there is only reasoning. */
export function answerAfterReasoning(text: string): string {
  return withoutTemplateTokens(afterReasoning(text));
}

/**
 * Tags in the middle of a line are text: only a block at the start, or one that ends on its own line, is
 * reasoning.
 */
function afterReasoning(text: string): string {
  const last = [...text.matchAll(CLOSES)].at(-1);
  if (OPENS.test(text)) return last ? text.slice(last.index + last[0].length) : "";
  if (!last) return text;
  // With some templates the opening tag is part of the prompt.
  const [before, after] = [text.slice(0, last.index), text.slice(last.index + last[0].length)];
  const isBlock = /\n/.test(before) || /^[ \t]*\r?\n/.test(after);
  return isBlock && !hasOpening(before) ? after : text;
}

function hasOpening(text: string): boolean {
  return /[<[]\|?(?:\w+:)?(?:START_)?(?:think|thinking|thought|reasoning)\|?[>\]]/i.test(text);
}

/** `<|im_end|>`, `<｜end▁of▁sentence｜>` and similar tokens, which separate messages. */
const TEMPLATE_TOKEN = /<[|｜]([^|｜<>\n]{1,40})[|｜]>/;
const HEADER = /^(?:assistant|system|user|model|analysis|commentary|final)(?:\s*\n|$)/;
const END_TAG = /(?:<\/s>|<s>|<eos>|<bos>|<end_of_turn>|\[\/INST\])$/i;
const START_TAG = /^\s*(?:<s>|<bos>|<start_of_turn>(?:model)?|\[\/INST\])\s*/i;

function withoutTemplateTokens(text: string): string {
  const messages = toMessages(text.split(TEMPLATE_TOKEN));
  const final = messages.find(({ channel }) => channel === "final") ?? messages[0];
  const answer = final && final.channel !== "analysis" ? final.text : "";
  return withoutEndTag(withoutEndTag(answer.replace(START_TAG, "")));
}

function withoutEndTag(text: string): string {
  return text.trimEnd().replace(END_TAG, "").trimEnd();
}

type Message = { channel: string; text: string };

/** `parts` alternates between text and the names of tokens. */
function toMessages(parts: readonly string[]): Message[] {
  let channel = "";
  return parts.flatMap((part, index) => {
    if (index % 2 === 1) return [];
    const header = index > 0 && HEADER.exec(part.trim())?.[0];
    if (header) channel = header.trim();
    const text = part.trim().slice(header ? header.length : 0);
    return text === "" ? [] : [{ channel, text }];
  });
}
