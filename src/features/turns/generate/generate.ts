/** A turn from its commit to its last event. Knows no HTTP and no Durable Object. */
import type { Deps } from "../../../deps.ts";
import { toIso, within } from "../../../lib/clock.ts";
import type { Model } from "../../../lib/models.ts";
import { Problem } from "../../../lib/problem.ts";
import { toUsage } from "../../usage/schemas.ts";
import type { Verified } from "../../citations/verify.ts";
import type { Message } from "../../messages/schemas.ts";
import type { News } from "../context/wait.ts";
import { citeAnswer } from "../context/cite.ts";
import type { EmitDelta } from "./provider-stream.ts";
import type { Answer } from "./draft.ts";
import {
  type Attempt,
  type Attempted,
  type AttemptsDeps,
  type Failover,
  streamAttempts,
  usageOf,
} from "./failover.ts";
import type { TurnDeadline } from "./deadlines.ts";
import { fitMessage } from "../../messages/fit-message.ts";
import { toCitationEvents, toDeltas, type TurnEvent } from "../wire/events.ts";
import type { LateTitle } from "../room/late-titles.ts";
import { type BegunTurn, type FinishedTurn, textToName } from "../store/begin-turn.ts";
import { prepare } from "./prepare.ts";
import type { Prompt } from "./prompt.ts";
import { askTitle, type Title } from "./title.ts";

export type RunInput = {
  userId: string;
  chatId: string;
  begun: BegunTurn;
  /** Absent where documents are to be gathered first. */
  prompt: Prompt | undefined;
  attempt: Attempt;
  deadline: TurnDeadline;
  stop: AbortSignal;
};

export type RunDeps = AttemptsDeps & {
  db: Deps["db"];
  /** News of files that the turn may be waiting for. */
  news: News;
  /** Takes the turn's next event. It never waits: a slow reader slows nobody. */
  tell: (event: TurnEvent) => void;
  /** Resolves when another turn waits for this one to end: then it waits for no title. */
  hurried: Promise<void>;
  /** Saves the end of the turn, until a time in milliseconds since the epoch. */
  save(finished: FinishedTurn, endsAt: number): Promise<SaveResult>;
  /** Saves a title that came after the answer; the chat's title, undefined where that is not known. */
  saveTitle(title: LateTitle): Promise<string | undefined>;
};

/** An end as it was saved, which is not as it was to be where Postgres refused that. */
export type SavedEnd = {
  message: Message;
  /** The chat's title; undefined where the chat is gone. */
  title: string | undefined;
  /** Not even the least of it was saved. */
  isAbandoned?: boolean;
};

/** `delayed`: Postgres did not take it in time, and will be asked again. */
export type SaveResult = SavedEnd | "delayed";

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
  const { end } = input.deadline;
  const saved = await deps.save(withTitle(finished, early), end);
  const problem = given.problem ? undefined : problemOf(saved, finished);
  if (problem) tell(toErrorEvent(problem));
  const { message } = saved === "delayed" ? finished : saved;
  tell({ type: "ai_message_complete", message: fitMessage(message) });

  const storing = early ? Promise.resolve(savedTitle(saved)) : title?.store(finished, deps);
  const titled = storing ?? Promise.resolve(undefined);
  const waitMs = Math.min(TITLE_WAIT_MS, end - deps.clock());
  const name = title && (await Promise.race([within(waitMs, titled), deps.hurried]));
  if (name !== undefined && isNew(name, input, title?.settled)) tell({ type: "chat_name", name });
  tell({ type: "stream_complete" });
  await storing;
}

/** True for the name that this turn asked for, or has in its place, where nobody renamed the chat meanwhile. */
function isNew(name: string, { begun }: RunInput, title: Title | undefined): boolean {
  return name !== begun.chatTitle && (name === title?.name || name === title?.placeholder);
}

/** The answer, and which of its quotations stand in the documents, where there are any. */
type Told = Attempted & { quoted?: Verified };

async function tellAnswer(input: RunInput, deps: RunDeps): Promise<Told> {
  const ready = await prepare(input, deps);
  if ("unasked" in ready) return ready.unasked;
  const { prompt, gathered } = ready;
  const { attempt: first, begun, userId, deadline } = input;
  const emit: EmitDelta = (type, text) => toDeltas(text, type).forEach(deps.tell);
  const asked = { ...input, prompt, first, endsAt: deadline.answer, answerId: begun.answer.id };
  const answer = await streamAttempts(asked, deps, emit);
  if (!gathered) return answer;
  const leftMs = deadline.citations - deps.clock();
  const quoted = await citeAnswer(deps.db, userId, answer, gathered, leftMs);
  toCitationEvents(quoted.citations).forEach(deps.tell);
  return { ...answer, quoted };
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
    const title = await this.#asked;
    return deps.saveTitle({ userId, chatId, at, usage: title.usage, ...toSave(title) });
  }
}

function titleSubject({ userId, chatId, begun }: RunInput) {
  return { userId, chatId, messageId: begun.answer.id, text: subjectOf(begun) };
}

/** The text that the conversation began with. */
export function subjectOf({ path, question }: BegunTurn): string {
  return textToName(path) ?? question.content;
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
  { userId, chatId, begun }: RunInput,
  { clock }: RunDeps,
  given: Told,
  startedAt: number,
): FinishedTurn {
  const now = clock();
  const { answer } = begun;
  const spent = usageOf({ userId, chatId, answerId: answer.id }, given.attempt, given, now);
  // What was not asked for costs nothing, and has no row.
  const usage = given.isUnasked ? [] : spent;
  const message = answered(answer, given, given.attempt, (now - startedAt) / 1000);
  return { userId, chatId, at: toIso(new Date(now)), usage, message };
}

type Given = Pick<Answer, "finishReason" | "usage" | "estimated" | "reasoning" | "refusal"> & {
  quoted?: Verified;
};
type GivenBy = { model: Model; failover?: Failover };

/** The answer as it is stored: its text, how it ended, and what it took. */
export function answered(
  answer: Message,
  given: Given & Pick<Message, "content" | "status">,
  by: GivenBy,
  seconds: number,
): Message {
  const { content, status } = given;
  const metadata = { ...answer.metadata, ...answerMetadata(given, by, seconds) };
  return { ...answer, content, status, metadata };
}

/** What the server itself says of an answer. */
export function answerMetadata(given: Given, { model, failover }: GivenBy, seconds: number) {
  const { reasoning, refusal } = given;
  return {
    model: model.name,
    usage: toUsage(model, given),
    finish_reason: given.finishReason,
    processing_time: seconds,
    ...(refusal && { refusal }),
    ...(reasoning !== undefined && { reasoning }),
    ...(failover && { failover }),
    ...given.quoted,
  };
}
