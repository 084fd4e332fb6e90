/** The wires that a turn can be read over. A wire is chosen by the request, and adds no state to the turn. */
import { AiSdkEncoder, type AiSdkWire } from "./ai-sdk.ts";
import { CompletionsEncoder, type CompletionsWire } from "./completions.ts";
import { type WireEncoder, PageEncoder } from "./encoder.ts";
import { ResponsesEncoder, type ResponsesWire } from "./responses.ts";
import { sseEncoder } from "./sse.ts";

/**
 * What travels to the room. Only on our own wire may a stream begin after any event. On the others each event depends
 * on those before it; `from` is the number of frames that the client has received before.
 */
export type Wire = { name: "events" } | AiSdkWire | CompletionsWire | ResponsesWire;

/** Our own wire. */
export const EVENTS: Wire = { name: "events" };

const ENCODERS: { [Name in Wire["name"]]: (wire: Extract<Wire, { name: Name }>) => WireEncoder } = {
  events: () => sseEncoder,
  "ai-sdk": (wire) => new AiSdkEncoder(wire),
  completions: (wire) => new CompletionsEncoder(wire),
  responses: (wire) => new ResponsesEncoder(wire),
};

/**
 * The wire on which a turn is read whose log is gone: its text comes in other pieces, so that a response
 * is resumed at its end alone.
 */
export function withoutLog(wire: Wire): Wire {
  return wire.name === "responses" && wire.from ? { ...wire, resumedAt: wire.from } : wire;
}

/** The encoder of a new subscriber. */
export function createPageEncoder(wire: Wire): PageEncoder {
  return new PageEncoder(createEncoder(wire));
}

function createEncoder<Name extends Wire["name"]>(
  wire: Extract<Wire, { name: Name }>,
): WireEncoder {
  return ENCODERS[wire.name](wire);
}
