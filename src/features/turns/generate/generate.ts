/** A turn from its commit to its last event. Knows no HTTP and no Durable Object. */
import type { Deps } from "../../../deps.ts";
import { toIso, within } from "../../../lib/clock.ts";
import { Problem } from "../../../lib/problem.ts";
import type { Verified } from "../../citations/verify.ts";
import type { FileChanges } from "../context/wait.ts";
import { citeAnswer } from "../context/cite.ts";
import type { EmitDelta } from "./provider-stream.ts";
import { type AttemptedAnswer, streamWithFailover, usageOf } from "./failover.ts";
import type { Attempt, TurnSink } from "./turn-sink.ts";
import { finishedAnswer } from "../store/answer.ts";
import type { TurnDeadline } from "./deadlines.ts";
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
import { askTitle, type Title } from "./title.ts";

export type TurnInput = {
  userId: string;
  chatId: string;
  begun: BegunTurn;
  /** Absent where passages of documents are to be gathered first. */
  prompt: Prompt | undefined;
  attempt: Attempt;
  deadline: TurnDeadline;
  stop: AbortSignal;
  /** Changes of files that the turn may be waiting for. */
  fileChanges: FileChanges;
  /** Resolves when another turn waits for this one to end: it waits for no title then. */
  superseded: Promise<void>;
};

export type GenerateDeps = Pick<Deps, "db" | "model" | "config" | "clock" | "newId">;

/** How long subscribers wait for the title after the answer; later it is only stored. */
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
  const title = needsTitle ? new PendingTitle(askTitle(deps, titleSubject(input))) : undefined;

  const generated = await generateAnswer(input, deps, sink);
  if (generated.problem) sink.emit(toErrorEvent(generated.problem));

  const finished = toFinishedTurn(input, deps, generated, startedAt);
  const early = title?.settled;
  const { end } = input.deadline;
  const saved = await sink.save(withTitle(finished, early), end);
  const problem = generated.problem ? undefined : problemOf(saved, finished);
  if (problem) sink.emit(toErrorEvent(problem));
  const { message } = saved === "delayed" ? finished : saved;
  sink.emit({ type: "ai_message_complete", message: fitMessage(message) });

  const storing = early ? Promise.resolve(savedTitle(saved)) : title?.store(finished, sink);
  const titled = storing ?? Promise.resolve(undefined);
  const waitMs = Math.min(TITLE_WAIT_MS, end - deps.clock());
  const name = title && (await Promise.race([within(waitMs, titled), input.superseded]));
  if (name !== undefined && isNew(name, input, title?.settled)) {
    sink.emit({ type: "chat_name", name });
  }
  sink.emit({ type: "stream_complete" });
  await storing;
}

/** True for a title or placeholder of this turn, where nobody renamed the chat meanwhile. */
function isNew(name: string, { begun }: TurnInput, title: Title | undefined): boolean {
  return name !== begun.chatTitle && (name === title?.name || name === title?.placeholder);
}

/** The answer, and its verified quotations where there are documents. */
type Generated = AttemptedAnswer & { quoted?: Verified };

async function generateAnswer(
  input: TurnInput,
  deps: GenerateDeps,
  sink: TurnSink,
): Promise<Generated> {
  const ready = await prepare(input, deps, sink);
  if ("unasked" in ready) return ready.unasked;
  const { prompt, gathered } = ready;
  const { attempt: first, begun, userId, deadline } = input;
  const emit: EmitDelta = (type, text) => toDeltas(text, type).forEach((event) => sink.emit(event));
  const asked = { ...input, prompt, first, endsAt: deadline.answer, answerId: begun.answer.id };
  const answer = await streamWithFailover(asked, { ...deps, sink }, emit);
  if (!gathered) return answer;
  const leftMs = deadline.citations - deps.clock();
  const quoted = await citeAnswer(deps.db, userId, answer, gathered, leftMs);
  toCitationEvents(quoted.citations).forEach((event) => sink.emit(event));
  return { ...answer, quoted };
}

/** A title that the model was asked for. */
class PendingTitle {
  settled: Title | undefined;
  readonly #asked: Promise<Title>;

  constructor(asked: Promise<Title>) {
    this.#asked = asked.then((title) => (this.settled = title));
  }

  /** Saves it once it is there. Resolves to the title that the chat has then. */
  async store({ userId, chatId, at }: FinishedTurn, sink: TurnSink): Promise<string | undefined> {
    const title = await this.#asked;
    return sink.saveTitle({ userId, chatId, at, usage: title.usage, ...toSave(title) });
  }
}

function titleSubject({ userId, chatId, begun }: TurnInput) {
  return { userId, chatId, messageId: begun.answer.id, text: subjectOf(begun) };
}

/** The text that the conversation began with. */
export function subjectOf({ path, userMessage }: BegunTurn): string {
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
  return { ...finished, usage, ...toSave(title) };
}

function toSave({ name, placeholder }: Title): Pick<FinishedTurn, "title" | "placeholder"> {
  if (name !== undefined) return { title: name };
  return placeholder === undefined ? {} : { placeholder };
}

function toFinishedTurn(
  { userId, chatId, begun }: TurnInput,
  { clock }: GenerateDeps,
  generated: Generated,
  startedAt: number,
): FinishedTurn {
  const now = clock();
  const { answer } = begun;
  const spent = usageOf({ userId, chatId, answerId: answer.id }, generated.attempt, generated, now);
  // What was not asked for costs nothing, and has no row.
  const usage = generated.isUnasked ? [] : spent;
  const message = finishedAnswer(answer, generated, generated.attempt, (now - startedAt) / 1000);
  return { userId, chatId, at: toIso(new Date(now)), usage, message };
}
