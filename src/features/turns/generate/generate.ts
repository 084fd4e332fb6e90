/** The run of a turn, from its commit to its last event. Knows no HTTP and no Durable Object. */
import type { Deps } from "../../../deps.ts";
import { toIso, within } from "../../../lib/clock.ts";
import { Problem } from "../../../lib/problem.ts";
import type { NewUsage } from "../../usage/queries.ts";
import type { Verified } from "../../citations/verify.ts";
import type { FileChangeSignal } from "../context/wait.ts";
import { citeAnswer } from "../context/cite.ts";
import type { EmitDelta } from "./provider-stream.ts";
import { type AttemptedAnswer, streamWithFailover, usageOf } from "./failover.ts";
import type { Attempt, TurnSink } from "./turn-sink.ts";
import { finishedAnswer, type Queries } from "../store/answer.ts";
import type { TurnLimits } from "../../../env.ts";
import { fitMessage } from "../../messages/fit-message.ts";
import { toCitationEvents, toDeltas, type TurnEvent } from "../wire/events.ts";
import {
  type BegunTurn,
  type FinishedTurn,
  firstUserText,
  type SaveResult,
} from "../store/turn.ts";
import { prepare } from "./prepare.ts";
import type { Prompt } from "./prompt.ts";
import type { TurnTimer } from "./timings.ts";
import { requestTitle, type Title, type TitleSubject } from "./title.ts";

/** When each part of a turn has to be done, in milliseconds since the epoch. */
type TurnDeadline = {
  /** Its documents and the provider's answer. */
  answer: number;
  /** The verification of its quotations. */
  citations: number;
  /** Its save, its title and its last event. */
  end: number;
};

/** The share of a turn's time that is reserved for what comes after the answer. */
const RESERVED_SHARE = 1 / 20;

/** The deadlines of a turn: `total_ms` for all of it, less a reserve for what comes after the answer. */
export function turnDeadline(
  startedAt: number,
  { total_ms, watchdog_ms }: Pick<TurnLimits, "total_ms" | "watchdog_ms">,
): TurnDeadline {
  const end = startedAt + total_ms;
  const reservedMs = Math.min(watchdog_ms, total_ms * RESERVED_SHARE);
  return { answer: end - reservedMs, citations: end - reservedMs / 2, end };
}

export type TurnInput = {
  userId: string;
  chatId: string;
  begun: BegunTurn;
  /** Of the application that sent the user message. */
  instructions?: string | undefined;
  /** Undefined where passages of documents have to be gathered first. */
  prompt: Prompt | undefined;
  attempt: Attempt;
  deadline: TurnDeadline;
  stop: AbortSignal;
  /** Notifies of changes of the files that the turn waits for. */
  fileChanges: FileChangeSignal;
  /** Resolves when another turn waits for this one to end: then it does not wait for its title. */
  superseded: Promise<void>;
  timer: TurnTimer;
};

export type GenerateDeps = Pick<Deps, "db" | "model" | "config" | "clock" | "newId">;

/** How long the last event waits for the title; a later title is only stored. */
const TITLE_WAIT_MS = 3_000;

/** Runs the turn and emits its events in the order of the contract; `stream_complete` is the last. */
export async function generateTurn(
  input: TurnInput,
  deps: GenerateDeps,
  sink: TurnSink,
): Promise<void> {
  const startedAt = deps.clock();
  const { userMessage, answer, needsTitle } = input.begun;
  sink.emit({ type: "user_message", message: fitMessage(userMessage) });
  sink.emit({ type: "ai_message_start", message_id: answer.id });
  const title = needsTitle ? new PendingTitle(requestTitle(deps, titleSubject(input))) : undefined;

  const generated = await generateAnswer(input, deps, sink);
  if (generated.problem) sink.emit(toErrorEvent(generated.problem));

  const finished = toFinishedTurn(input, deps, generated, startedAt);
  const titleInTime = title?.settled;
  const { end } = input.deadline;
  const saved = await sink.save(withTitle(finished, titleInTime), end);
  const problem = generated.problem ? undefined : problemOf(saved, finished);
  if (problem) sink.emit(toErrorEvent(problem));
  const { message } = saved === "delayed" ? finished : saved;
  sink.emit({ type: "ai_message_complete", message: fitMessage(message) });

  const savingTitle = titleInTime
    ? Promise.resolve(savedTitle(saved))
    : (title?.save(finished, sink) ?? Promise.resolve(undefined));
  const waitMs = Math.min(TITLE_WAIT_MS, end - deps.clock());
  const name = title && (await Promise.race([within(waitMs, savingTitle), input.superseded]));
  if (name !== undefined && isNewTitle(name, input, title?.settled)) {
    sink.emit({ type: "chat_name", name });
  }
  sink.emit({ type: "stream_complete" });
  await savingTitle;
}

/** True where the chat's title is this turn's, and not one that the user has set meanwhile. */
function isNewTitle(name: string, { begun }: TurnInput, title: Title | undefined): boolean {
  return name !== begun.chatTitle && (name === title?.name || name === title?.placeholder);
}

/** The answer; its verified quotations and the queries where there are documents; the costs of its prompt. */
type Generated = AttemptedAnswer & {
  quoted?: Verified;
  queries?: Queries;
  preparation?: NewUsage[];
};

async function generateAnswer(
  input: TurnInput,
  deps: GenerateDeps,
  sink: TurnSink,
): Promise<Generated> {
  const prepared = await prepare(input, deps, sink);
  const { preparation = [] } = prepared;
  if ("uncalled" in prepared) return { ...prepared.uncalled, preparation };
  const { prompt, gathered } = prepared;
  const { attempt: first, begun, userId, deadline } = input;
  const emit: EmitDelta = (type, text) => toDeltas(text, type).forEach((event) => sink.emit(event));
  const call = { ...input, prompt, first, endsAt: deadline.answer, answerId: begun.answer.id };
  const answer = await streamWithFailover(call, { ...deps, sink }, emit);
  if (!gathered) return answer;
  const leftMs = deadline.citations - deps.clock();
  const quoted = await citeAnswer(deps.db, userId, answer, gathered, leftMs);
  toCitationEvents(quoted.citations).forEach((event) => sink.emit(event));
  const { queries } = gathered;
  return { ...answer, quoted, preparation, ...(queries && { queries }) };
}

/** A title that is requested from the model. */
class PendingTitle {
  settled: Title | undefined;
  readonly #requested: Promise<Title>;

  constructor(requested: Promise<Title>) {
    this.#requested = requested.then((title) => (this.settled = title));
  }

  /** Saves the title once it has come. Resolves to the chat's title; undefined where it is not saved. */
  async save({ userId, chatId, at }: FinishedTurn, sink: TurnSink): Promise<string | undefined> {
    const title = await this.#requested;
    return sink.saveTitle({ userId, chatId, at, usage: title.usage, ...titleFields(title) });
  }
}

function titleSubject({ userId, chatId, begun }: TurnInput): TitleSubject {
  return { userId, chatId, messageId: begun.answer.id, text: titleTextOf(begun) };
}

/** The text that the chat's title is made from: the first user message of the path. */
export function titleTextOf({ path, userMessage }: BegunTurn): string {
  return firstUserText(path) ?? userMessage.content;
}

function toErrorEvent(problem: Problem): TurnEvent {
  const retryAfter = problem.extras.headers?.["retry-after"];
  return {
    type: "error",
    error: problem.detail,
    code: problem.code,
    ...(retryAfter !== undefined && { retry_after: Number(retryAfter) }),
  };
}

function savedTitle(saved: SaveResult): string | undefined {
  return saved === "delayed" ? undefined : saved.title;
}

function problemOf(saved: SaveResult, finished: FinishedTurn): Problem | undefined {
  if (saved === "delayed") return new Problem("save_delayed");
  return saved.message === finished.message ? undefined : new Problem("save_refused");
}

function withTitle(finished: FinishedTurn, title: Title | undefined): FinishedTurn {
  if (!title) return finished;
  const usage = [...finished.usage, ...title.usage];
  return { ...finished, usage, ...titleFields(title) };
}

function titleFields({ name, placeholder }: Title): Pick<FinishedTurn, "title" | "placeholder"> {
  if (name !== undefined) return { title: name };
  return placeholder === undefined ? {} : { placeholder };
}

function toFinishedTurn(
  { userId, chatId, begun, timer }: TurnInput,
  { clock }: GenerateDeps,
  generated: Generated,
  startedAt: number,
): FinishedTurn {
  const now = clock();
  const { answer } = begun;
  const spent = usageOf({ userId, chatId, answerId: answer.id }, generated.attempt, generated, now);
  // A provider that was not called costs nothing, and has no row.
  const attempts = generated.isUncalled ? (generated.attempt.spent ?? []) : spent;
  const usage = [...(generated.preparation ?? []), ...attempts];
  const { timings } = timer;
  const ended = { at: now, seconds: (now - startedAt) / 1000, timings };
  const message = finishedAnswer(answer, generated, generated.attempt, ended);
  return { userId, chatId, at: toIso(new Date(now)), usage, message, timings };
}
