/** The wires that a turn can be read over. A wire is chosen by the request, and adds no state to the turn. */
import { type WireEncoder, PageEncoder } from "./encoder.ts";
import { sseEncoder } from "./sse.ts";

/**
 * What travels to the room. `skip`: frames that the client has received before. Only on our own wire may a stream
 * begin after any event; on the others each event depends on those before it.
 */
export type Wire = { name: "events"; skip?: number };

/** Our own wire. */
export const EVENTS: Wire = { name: "events" };

const ENCODERS: { [Name in Wire["name"]]: () => WireEncoder } = {
  events: () => sseEncoder,
};

/** The encoder of a new subscriber. */
export function createPageEncoder(wire: Wire): PageEncoder {
  return new PageEncoder(ENCODERS[wire.name](), wire.skip);
}
