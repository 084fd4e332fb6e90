/** Removes from a request the parameters that its provider refuses. */
import { type Model, type Parameter, PARAMETERS } from "../../lib/models.ts";
import { classify, type Refusal } from "./provider-errors.ts";

/** The members of a request; each of its parameters may be left out. */
export type RequestBody = { model: string } & Partial<Record<Parameter, unknown>>;

/** Most providers name only one refused parameter at a time. */
const MOST_REFUSALS = 4;
const MOST_KNOWN = 500;

/**
 * The parameters refused so far, by base URL and model. Lives in the isolate: losing it costs one more
 * refused request.
 */
export class KnownRefusals {
  readonly #known = new Map<string, ReadonlySet<Parameter>>();

  of(address: string, { name, refuses = [] }: Model): ReadonlySet<Parameter> {
    return new Set([...refuses, ...(this.#known.get(keyOf(address, name)) ?? [])]);
  }

  add(address: string, { name }: Model, refused: ReadonlySet<Parameter>): void {
    const key = keyOf(address, name);
    this.#known.delete(key);
    this.#known.set(key, refused);
    const [oldest] = this.#known.keys();
    if (oldest !== undefined && this.#known.size > MOST_KNOWN) this.#known.delete(oldest);
  }
}

function keyOf(address: string, model: string): string {
  return `${address} ${model}`;
}

type Sending<T> = {
  known: KnownRefusals;
  address: string;
  model: Model;
  send: (body: RequestBody) => Promise<T>;
  /** The refusal behind an error; undefined for any other error. */
  toRefusal: (error: unknown) => Refusal | undefined;
};

/**
 * Sends the request without the parameters that its provider is known to refuse, and again without each
 * one that it refuses by name (at most four times). A refused request costs nothing. Remembers what the
 * provider refused once a request succeeds. Rethrows any other error of `send`.
 */
export async function sendWithoutRefused<T>(body: RequestBody, sending: Sending<T>): Promise<T> {
  const { known, address, model, send, toRefusal } = sending;
  let refused = known.of(address, model);
  for (let refusals = 0; ; refusals++) {
    const sent = withoutRefused(body, refused);
    try {
      const response = await send(sent);
      if (refusals > 0) known.add(address, model, refused);
      return response;
    } catch (error) {
      const refusal = refusals < MOST_REFUSALS ? toRefusal(error) : undefined;
      const named = refusal ? refusedIn(refusal, sent) : [];
      if (named.length === 0) throw error;
      refused = new Set([...refused, ...named]);
    }
  }
}

/**
 * The body without the refused parameters; a refused `max_completion_tokens` is sent as `max_tokens`
 * unless that is refused too.
 */
export function withoutRefused(
  { max_completion_tokens: most, ...body }: RequestBody,
  refused: ReadonlySet<Parameter>,
): RequestBody {
  const limit = refused.has("max_completion_tokens") ? "max_tokens" : "max_completion_tokens";
  const whole: RequestBody = { ...body, ...(most !== undefined && { [limit]: most }) };
  const left = Object.entries(whole).filter(([name]) => !isRefused(name, refused));
  return { ...Object.fromEntries(left), model: body.model };
}

/** `stream_options` is only valid with `stream`. */
function isRefused(name: string, refused: ReadonlySet<Parameter>): boolean {
  if (name === "stream_options" && refused.has("stream")) return true;
  return PARAMETERS.some((parameter) => parameter === name && refused.has(parameter));
}

/** How error messages name each parameter. */
const NAMES: Record<Parameter, RegExp> = {
  max_completion_tokens: /max_?(completion|output)?_?tokens/i,
  max_tokens: /max_?(output_?)?tokens/i,
  // A common word: it must be quoted.
  stream: /['"`]stream['"`]/,
  stream_options: /stream_?options|include_usage/i,
  response_format:
    /response[ _]?format|response_?(json_?)?schema|json_?schema|output_(format|config)|grammar/i,
  dimensions: /\bdimensions?\b|matryoshka/i,
  encoding_format: /encoding_?format/i,
};

/**
 * vLLM reports a limit that exceeds the context like this; without the parameter it uses the rest of the
 * context.
 */
const LIMIT_TOO_LARGE = /max_(completion_)?tokens['"`]? is too large/i;

/** The sent parameters that the refusal names; empty when it has another reason. */
export function refusedIn(refusal: Refusal, sent: RequestBody): Parameter[] {
  const { status, text, param } = refusal;
  if (status !== 400 && status !== 422) return [];
  if (classify(refusal) !== "ai_unavailable" && !LIMIT_TOO_LARGE.test(text)) return [];
  const candidates = PARAMETERS.filter((name) => name in sent);
  const named = candidates.filter((name) => param?.split(/[.[]/)[0] === name);
  return named.length > 0 ? named : candidates.filter((name) => NAMES[name].test(text));
}
