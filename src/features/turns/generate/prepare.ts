/** The prompt of a turn, after the wait for its documents and with their passages. */
import { toProblem } from "../../../http/problem-response.ts";
import { unlessAborted, within } from "../../../lib/clock.ts";
import { logError, nameOf } from "../../../lib/log.ts";
import type { Config } from "../../../env.ts";
import type { NewId } from "../../../lib/ids.ts";
import type { Model } from "../../../lib/models.ts";
import { Problem } from "../../../lib/problem.ts";
import { waitForDocuments } from "../context/wait.ts";
import { type Gathered, gatherPassages } from "../context/gather.ts";
import { type ContextDocument, findContextDocuments } from "../store/turn-documents.ts";
import type { BegunTurn } from "../store/turn.ts";
import type { AttemptedAnswer } from "./failover.ts";
import type { NewUsage } from "../../usage/queries.ts";
import { wholeCharacters } from "../context/budget.ts";
import { createBoundary, withoutFences } from "../../citations/fence.ts";
import { applicationInstructions, DEFAULT_SYSTEM_PROMPT } from "./system-prompt.ts";
import { type Prompt, promptFor, promptWithPassages } from "./prompt.ts";
import type { GenerateDeps, TurnInput } from "./generate.ts";
import type { TurnSink } from "./turn-sink.ts";

/** `gathered`: the passages, where there are documents. */
type WithPrompt = { prompt: Prompt; gathered?: Gathered };

/** `uncalled`: the answer of a turn that ends before a provider is called for it. */
type Outcome = WithPrompt | { uncalled: AttemptedAnswer };

/** `preparation`: the usage rows of the calls that the prompt was prepared by. */
type Prepared = Outcome & { preparation?: NewUsage[] };

/** The prompt of a turn without documents in its context; undefined with documents. `system`: its `systemPrompt`. */
export function promptWithoutDocuments(
  system: string,
  model: Model,
  { path, documents }: BegunTurn,
): Prompt | undefined {
  return documents.length === 0 ? promptFor(model, path, system) : undefined;
}

/** The configured instructions or the default ones, and below them those of the application, if there are any. */
export function systemPrompt(
  { SYSTEM_PROMPT = DEFAULT_SYSTEM_PROMPT }: Pick<Config, "SYSTEM_PROMPT">,
  newId: NewId,
  instructions?: string,
): string {
  if (instructions === undefined) return SYSTEM_PROMPT;
  const added = applicationInstructions(withoutFences(instructions), createBoundary(newId));
  return SYSTEM_PROMPT.trim() === "" ? added : `${SYSTEM_PROMPT}\n\n${added}`;
}

/** Waits for the documents in the turn's context, and gathers their passages. A stop ends it at once. Never rejects. */
export async function prepare(
  input: TurnInput,
  deps: GenerateDeps,
  sink: TurnSink,
): Promise<Prepared> {
  if (input.stop.aborted) return { uncalled: toUncalled(input) };
  if (input.prompt) return { prompt: input.prompt };
  const costs = new PreparationCosts(sink);
  const outcome = await gatherInTime(input, { ...deps, costs }, sink);
  return { ...outcome, preparation: costs.close() };
}

/** Collects usage rows. A turn that ends early has them as they are at that moment. */
class PreparationCosts {
  readonly #rows = new Map<string, NewUsage>();
  readonly #sink: Pick<TurnSink, "checkpoint">;
  #isOpen = true;

  constructor(sink: Pick<TurnSink, "checkpoint">) {
    this.#sink = sink;
  }

  /** Replaces an earlier row with the same id. */
  record(usage: NewUsage): void {
    // A checkpoint after the turn's end would replace the end itself.
    if (!this.#isOpen) return;
    this.#rows.set(usage.id, usage);
    this.#sink.checkpoint({ preparation: [...this.#rows.values()] });
  }

  /** Ignores what is recorded from now on. */
  close(): NewUsage[] {
    this.#isOpen = false;
    return [...this.#rows.values()];
  }
}

type PrepareDeps = GenerateDeps & { costs: PreparationCosts };

async function gatherInTime(input: TurnInput, deps: PrepareDeps, sink: TurnSink): Promise<Outcome> {
  try {
    const leftMs = input.deadline.answer - deps.clock();
    const prepared = await within(leftMs, unlessAborted(input.stop, gather(input, deps)));
    if (!prepared) return { uncalled: toUncalled(input, timeoutProblem(input)) };
    sink.checkpoint({ estimatedPromptTokens: prepared.prompt.estimatedTokens });
    return prepared;
  } catch (error) {
    const problem = toProblem(error);
    if (problem.code === "internal_error") logError("prepare_failed", { cause: nameOf(error) });
    return { uncalled: toUncalled(input, problem) };
  }
}

async function gather(input: TurnInput, deps: PrepareDeps): Promise<WithPrompt> {
  return buildWithDocuments(input, deps, await waitForContext(input, deps));
}

function waitForContext(
  { userId, chatId, begun, attempt, deadline, stop, fileChanges }: TurnInput,
  { db, clock, config }: GenerateDeps,
): Promise<ContextDocument[]> {
  const key = { userId, chatId, userMessageId: begun.userMessage.id };
  const read = () => findContextDocuments(db, key, wholeCharacters(attempt.model));
  const timeoutMs = Math.min(config.TURN_LIMITS.file_wait_ms, deadline.answer - clock());
  return waitForDocuments(begun.documents, {
    read,
    fileChanges,
    clock,
    timeoutMs,
    stop,
  });
}

async function buildWithDocuments(
  { userId, chatId, begun, attempt, stop, instructions }: TurnInput,
  deps: PrepareDeps,
  documents: readonly ContextDocument[],
): Promise<WithPrompt> {
  const { model } = attempt;
  const { path } = begun;
  const system = systemPrompt(deps.config, deps.newId, instructions);
  const isReadable = documents.some(({ status }) => status === "ready");
  if (!isReadable) return { prompt: promptFor(model, path, system) };
  const messageId = begun.answer.id;
  const record = (usage: NewUsage) => deps.costs.record(usage);
  const conversation = { userId, chatId, messageId, path, model, stop, record };
  const gathered = await gatherPassages(deps, conversation, documents);
  const boundary = createBoundary(deps.newId);
  const prompt = promptWithPassages(model, path, gathered, boundary, system);
  return { prompt, gathered };
}

/** Undefined where the turn is stopped. */
function timeoutProblem({ stop }: TurnInput): Problem | undefined {
  return stop.aborted ? undefined : new Problem("file_not_ready");
}

/** A failed answer, or a stopped one without a problem. */
function toUncalled({ attempt }: TurnInput, problem?: Problem): AttemptedAnswer {
  return {
    content: "",
    status: problem ? "failed" : "stopped",
    finishReason: problem?.code ?? null,
    usage: { promptTokens: 0, completionTokens: 0 },
    estimated: true,
    attempt,
    isUncalled: true,
    ...(problem && { problem }),
  };
}
