/** One circuit breaker per endpoint of a provider: its embeddings may fail while its answers do not. */
import { Circuit, type CircuitFigures, type CallOutcome } from "../../lib/circuit.ts";
import { systemClock } from "../../lib/clock.ts";
import { logError } from "../../lib/log.ts";
import { Problem } from "../../lib/problem.ts";
import { ProviderError } from "./provider-errors.ts";

/** A provider that has not responded for so long counts as failing; callers with less time do not wait longer. */
const LONG_WAIT_MS = 10_000;

/** Reports that the provider works, once its first output has come: a stream may take minutes more. */
export type Works = () => void;

export class Circuits {
  readonly #figures: CircuitFigures & { off: boolean };
  /** As many as there are configured endpoints. */
  readonly #circuits = new Map<string, Circuit>();

  constructor(figures: CircuitFigures & { off: boolean }) {
    this.#figures = figures;
  }

  /** Makes the call, unless the circuit is open. Throws `ai_circuit_open`, and what the call throws. */
  async call<T>(
    endpoint: string,
    signal: AbortSignal,
    make: (works: Works) => Promise<T>,
  ): Promise<T> {
    if (this.#figures.off) return make(() => undefined);
    const report = this.#admit(endpoint);
    const startedAt = systemClock();
    try {
      const made = await make(() => report("success"));
      report(signal.aborted ? abortedOutcome(signal, startedAt) : "success");
      return made;
    } catch (error) {
      report(signal.aborted ? abortedOutcome(signal, startedAt) : outcomeOf(error));
      throw error;
    }
  }

  /** Later reports of the same call are ignored. */
  #admit(endpoint: string): (outcome: CallOutcome) => void {
    const circuit = this.#circuits.get(endpoint) ?? new Circuit(this.#figures, systemClock);
    this.#circuits.set(endpoint, circuit);
    const admitted = circuit.admit();
    if (typeof admitted !== "function") throw circuitOpen(admitted.waitMs);
    let isReported = false;
    return (outcome) => {
      if (!isReported && admitted(outcome) === "opened") logError("circuit_opened", { endpoint });
      isReported = true;
    };
  }
}

function circuitOpen(waitMs: number): Problem {
  const seconds = Math.max(Math.ceil(waitMs / 1_000), 1);
  return new Problem("ai_circuit_open", { headers: { "retry-after": String(seconds) } });
}

/** A stop, a disconnect and a short timeout say nothing about the provider. */
function abortedOutcome(signal: AbortSignal, startedAt: number): CallOutcome {
  const reason: unknown = signal.reason;
  const isTimeout = reason instanceof DOMException && reason.name === "TimeoutError";
  return isTimeout && systemClock() - startedAt >= LONG_WAIT_MS ? "failure" : "neither";
}

/** Only an error of the server, or none at all, is a failure: a 4xx is about the request, the key or the quota. */
function outcomeOf(error: unknown): CallOutcome {
  if (!(error instanceof Problem) || !MAY_BE_DOWN.has(error.code)) return "neither";
  const status = error.cause instanceof ProviderError ? error.cause.status : undefined;
  return status === undefined || status >= 500 ? "failure" : "neither";
}

const MAY_BE_DOWN = new Set<Problem["code"]>(["ai_unavailable", "ai_overloaded", "ai_timeout"]);
