/** Shorthands for the wire format of providers. */

export const DONE = "data: [DONE]\n\n";

/** An event with this chunk. */
export function event(chunk: unknown): string {
  return `data: ${JSON.stringify(chunk)}\n\n`;
}

/** A chunk of one choice. */
export function delta(delta: object, finish_reason: string | null = null): string {
  return event({ choices: [{ index: 0, delta, finish_reason }] });
}

export function say(content: string): string {
  return delta({ content });
}

export function finish(reason = "stop"): string {
  return delta({}, reason);
}

export function usage(counts: object = { prompt_tokens: 7, completion_tokens: 5 }): string {
  return event({ choices: [], usage: counts });
}
