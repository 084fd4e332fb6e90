/** What of the developer's view matches the words of its filter. */
import { type Exchange, pathOf, type WireEvent } from "./exchange.ts";

/** True where the request, its response or one of its events has the words, in any case. */
export function containsWords(exchange: Exchange, words: string): boolean {
  const isInHead = matches(headOf(exchange), words);
  return isInHead || exchange.events.some(({ text }) => matches(text, words));
}

/** The events with the words; all of them where the request itself has the words. */
export function eventsWithWords(exchange: Exchange, words: string): readonly WireEvent[] {
  if (matches(headOf(exchange), words)) return exchange.events;
  return exchange.events.filter(({ text }) => matches(text, words));
}

function headOf(exchange: Exchange): string {
  const { method, requestBody = "", responseBody } = exchange;
  return `${method} ${pathOf(exchange)}\n${requestBody}\n${responseBody}`;
}

function matches(text: string, words: string): boolean {
  return text.toLowerCase().includes(words.trim().toLowerCase());
}
