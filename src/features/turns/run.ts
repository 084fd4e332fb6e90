/** A turn from its commit to its last event. Knows no HTTP and no Durable Object. */
import type { Ask } from "../../clients/model.ts";
import type { Deps } from "../../deps.ts";
import { toIso, within } from "../../lib/clock.ts";
import { costOf, type Model } from "../../lib/models.ts";
import { Problem } from "../../lib/problem.ts";
import type { Message } from "../messages/schemas.ts";
import type { NewUsage } from "../usage/queries.ts";
import { type Answer, streamAnswer } from "./answer.ts";
import { fitMessage, toDeltas, type TurnEvent } from "./events.ts";
import type { BegunTurn, FinishedTurn } from "./persist.ts";
import type { Prompt } from "./prompt.ts";
import { askTitle, type Title } from "./title.ts";

export type RunInput = {
  userId: string;
  chatId: string;
  begun: BegunTurn;
  prompt: Prompt;
  model: Model;
  /** Id of the usage row of the answer: made before, so that the row is written once. */
  usageId: string;
  stop: AbortSignal;
};

export type RunDeps = Pick<Deps, "model" | "config" | "clock" | "newId"> & {
  /** Takes the turn's next event. It never waits: a slow reader slows nobody. */
  tell: (event: TurnEvent) => void;
  /** Saves the end of the turn: the chat's title, "gone" without the chat, or "delayed". */
  save(finished: FinishedTurn): Promise<SaveResult>;
  /** Saves a title that came after the answer; the chat's title, undefined without the chat. */
  saveTitle(
    of: Omit<FinishedTurn, "message">,
    name: string | undefined,
  ): Promise<string | undefined>;
};

export type SaveResult = { title: string } | "gone" | "delayed";

/** How long a reader waits for the title after the answer; later it is only stored. */
const TITLE_WAIT_MS = 3_000;

/** Tells the turn as events, in the order of the contract. `stream_complete` ends it for readers. */
export async function runTurn(input: RunInput, deps: RunDeps): Promise<void> {
  const { tell } = deps;
  const startedAt = deps.clock();
  const { question, answer, wantsTitle } = input.begun;
  tell({ type: "user_message", message: fitMessage(question) });
  tell({ type: "ai_message_start", message_id: answer.id });
  const title = wantsTitle ? new PendingTitle(askTitle(deps, titleSubject(input))) : undefined;

  const given = await tellAnswer(input, deps);
  if (given.problem) tell(toErrorEvent(given.problem));

  const finished = toFinishedTurn(input, deps, given, startedAt);
  const early = title?.settled;
  const saved = await deps.save(withTitle(finished, early));
  if (saved === "delayed" && !given.problem) tell(toErrorEvent(new Problem("save_delayed")));
  tell({ type: "ai_message_complete", message: fitMessage(finished.message) });

  const storing = early ? Promise.resolve(savedTitle(saved)) : title?.store(finished, deps);
  const name = title && (await within(TITLE_WAIT_MS, storing ?? Promise.resolve(undefined)));
  if (name !== undefined && name === title?.settled?.name) tell({ type: "chat_name", name });
  tell({ type: "stream_complete" });
  await storing;
}

function tellAnswer({ model, prompt, stop }: RunInput, deps: RunDeps): Promise<Answer> {
  const ask: Ask = { model, messages: prompt.messages, maxOutputTokens: model.maxOutputTokens };
  return streamAnswer(
    { ask, estimatedPromptTokens: prompt.estimatedTokens, stop },
    {
      model: deps.model,
      limits: deps.config.TURN_LIMITS,
      clock: deps.clock,
      tell: (text) => toDeltas(text).forEach(deps.tell),
    },
  );
}

/** A title that is on its way. */
class PendingTitle {
  settled: Title | undefined;
  readonly #asked: Promise<Title>;

  constructor(asked: Promise<Title>) {
    this.#asked = asked.then((title) => (this.settled = title));
  }

  /** Saves it once it is there; the title that the chat then has. */
  async store({ userId, chatId, at }: FinishedTurn, deps: RunDeps): Promise<string | undefined> {
    const { name, usage } = await this.#asked;
    return deps.saveTitle({ userId, chatId, at, usage }, name);
  }
}

function titleSubject({ userId, chatId, begun }: RunInput) {
  const text = begun.path[0]?.content ?? begun.question.content;
  return { userId, chatId, messageId: begun.answer.id, text };
}

function toErrorEvent(problem: Problem): TurnEvent {
  return { type: "error", error: problem.detail, code: problem.code };
}

function savedTitle(saved: SaveResult): string | undefined {
  return typeof saved === "object" ? saved.title : undefined;
}

function withTitle(finished: FinishedTurn, title: Title | undefined): FinishedTurn {
  if (!title) return finished;
  const usage = [...finished.usage, ...title.usage];
  return { ...finished, usage, ...(title.name !== undefined && { title: title.name }) };
}

function toFinishedTurn(
  { userId, chatId, begun, model, usageId: id }: RunInput,
  { clock }: RunDeps,
  given: Answer,
  startedAt: number,
): FinishedTurn {
  const at = toIso(new Date(clock()));
  const usage: NewUsage = {
    id,
    userId,
    chatId,
    messageId: begun.answer.id,
    kind: "answer",
    attempt: 1,
    model,
    at,
    ...given.usage,
    estimated: given.estimated,
  };
  const seconds = (clock() - startedAt) / 1000;
  return {
    userId,
    chatId,
    at,
    usage: [usage],
    message: answered(begun.answer, given, model, seconds),
  };
}

/** The answer as it is stored: its text, how it ended, and what it took. */
export function answered(
  answer: Message,
  given: Pick<Answer, "content" | "finishReason" | "usage" | "estimated"> & {
    status: Message["status"];
  },
  model: Model,
  seconds: number,
): Message {
  const { promptTokens, completionTokens } = given.usage;
  const usage = {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
    cost: costOf(model, given.usage),
    currency: "USD",
    estimated: given.estimated,
  };
  const { content, status, finishReason: finish_reason } = given;
  const metadata = { model: model.name, usage, finish_reason, processing_time: seconds };
  return { ...answer, content, status, metadata: { ...answer.metadata, ...metadata } };
}
