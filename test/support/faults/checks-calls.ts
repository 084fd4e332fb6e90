/** What each request must have got, and left. Pure. */
import type { Check } from "./checker.ts";
import {
  acknowledged,
  type Call,
  chatOf,
  deleted,
  type History,
  userMessageOf,
} from "./history.ts";

/** Refusals that a client can be given; anything else is a fault of ours. */
const EXPECTED = new Set([200, 201, 204, 304, 404, 409, 502, 503, 504]);

const show = (call: Call) => `${call.kind} of ${call.content ?? chatOf(call)} → ${call.status}`;

/** An answer to every request, and never one that the catalogue does not expect. */
function everyCallIsAnswered({ calls, crashes }: History): string[] {
  const allowed = (call: Call) =>
    EXPECTED.has(call.status) || (call.status === 0 && crashes.length > 0);
  return calls.filter((call) => !allowed(call)).map(show);
}

/** What a client was told is in, is in, word for word. */
function acknowledgedIsReadable(history: History): string[] {
  const gone = deleted(history);
  const rows = new Map(history.rows.messages.map((row) => [row.id, row]));
  return acknowledged(history)
    .filter(({ chatId }) => !gone.has(chatId))
    .filter(({ id, content }) => rows.get(id)?.content !== content)
    .map(({ id, content }) => `${content} (${id}) is not there`);
}

/** Who reads after another was told that a message is in, sees it. */
function readableAtOnce(history: History): string[] {
  const told = acknowledged(history);
  const branched = new Set(history.calls.filter(isBranching).map(chatOf));
  return history.calls.flatMap((call) => {
    if (call.kind !== "read" || call.status !== 200 || branched.has(call.chatId)) return [];
    const shown = new Set(call.body.map((message: { id: string }) => message.id));
    return told
      .filter(
        ({ chatId, at, id }) => chatId === call.chatId && at < call.startedAt && !shown.has(id),
      )
      .map(({ content }) => `${content} was acknowledged, and then not read`);
  });
}

/** These change which messages are on the path that a list shows. */
function isBranching({ kind }: Call): boolean {
  return kind === "regenerate" || kind === "edit";
}

/** However often the same thing was sent under its key, it is there once. */
function saidOnce({ rows }: History): string[] {
  const said = Map.groupBy(
    rows.messages.filter(({ type }) => type === "user"),
    ({ content }) => content,
  );
  return [...said]
    .filter(([, found]) => found.length > 1)
    .map(([content]) => `${content} is there twice`);
}

/** One key is one turn: whoever repeats it is told of the same question and the same answer. */
function oneKeyOneTurn({ calls }: History): string[] {
  const keyed = Map.groupBy(
    calls.filter(({ key, kind }) => key !== undefined && kind === "send"),
    ({ key }) => key,
  );
  return [...keyed].flatMap(([key, same]) => {
    const questions = new Set(same.flatMap((call) => userMessageOf(call)?.id ?? []));
    const answers = new Set(same.flatMap((call) => answerIdOf(call) ?? []));
    return questions.size > 1 || answers.size > 1 ? [`${key} was given several turns`] : [];
  });
}

function answerIdOf({ body, events, status }: Call): string | undefined {
  if (status !== 200) return undefined;
  const started = events?.find((event) => event.name === "ai_message_start");
  return events ? started?.data.message_id : body?.ai_response?.id;
}

/** What was refused did not happen. A failed answer is no refusal, nor is one that nobody knows of. */
function refusedIsNotThere({ calls, rows }: History): string[] {
  const said = Map.groupBy(
    calls.filter(
      ({ kind, content }) => content !== undefined && (kind === "send" || kind === "edit"),
    ),
    ({ content }) => content,
  );
  const stored = new Set(rows.messages.map(({ content }) => content));
  return [...said]
    .filter(([, same]) => same.every(({ status }) => status >= 400 && status < 500))
    .filter(([content]) => stored.has(content ?? ""))
    .map(([content]) => `${content} was refused, and is there`);
}

/** Who is refused because a turn runs is told which. */
function runningTurnIsNamed(history: History): string[] {
  const gone = deleted(history);
  const answers = new Map(history.rows.messages.map((row) => [row.id, row]));
  return history.calls
    .filter((call) => call.status === 409 && call.body?.code === "turn_in_progress")
    .filter((call) => !gone.has(call.chatId))
    .filter(({ body, chatId }) => {
      // It may have ended between the refusal and the look for its name.
      if (body.message_id === undefined) return false;
      const row = answers.get(body.message_id);
      // A room that was killed as its turn began finds out only by ending it that it never did.
      if (!row) return history.crashes.length === 0;
      return row.type !== "bot" || row.chat_id !== chatId;
    })
    .map((call) => `${show(call)} names ${call.body.message_id}`);
}

/** What was answered as a whole is what is stored. */
function answeredIsStored(history: History): string[] {
  const gone = deleted(history);
  const rows = new Map(history.rows.messages.map((row) => [row.id, row]));
  return history.calls.flatMap((call) => {
    const answer = call.status === 200 ? call.body?.ai_response : undefined;
    if (!answer || gone.has(chatOf(call))) return [];
    const row = rows.get(answer.id);
    const same = row?.content === answer.content && row?.status === answer.status;
    return same ? [] : [`${show(call)} is not what is stored: ${row?.status}`];
  });
}

/** A stopped answer stands as it is: stopping is over once it is answered. */
function stoppedIsOver({ calls }: History): string[] {
  return calls
    .filter(
      ({ kind, status, body }) => kind === "stop" && status === 200 && body.status === "streaming",
    )
    .map(show);
}

/** What was deleted answers like what never was, to everybody and from then on. */
function deletedStaysDeleted({ calls, rows, views, unanswered }: History): string[] {
  const deletions = calls.filter(({ kind, status }) => kind === "delete" && status === 200);
  return deletions.flatMap(({ chatId, endedAt }) => {
    const late = calls.filter(
      (call) =>
        chatOf(call) === chatId &&
        call.startedAt > endedAt &&
        call.status >= 200 &&
        call.status < 300 &&
        !mayHaveDeleted(call, unanswered),
    );
    const isBack =
      rows.chats.some(({ id }) => id === chatId) ||
      views.some((view) => view.chatId === chatId && view.status !== 404);
    return [
      ...late.map((call) => `after its end: ${show(call)}`),
      ...(isBack ? [`${chatId} is back`] : []),
    ];
  });
}

/** A deletion whose first try had no answer cannot know that it was another that took the chat away. */
function mayHaveDeleted({ kind, startedAt, endedAt }: Call, unanswered: number[]): boolean {
  return kind === "delete" && unanswered.some((at) => at >= startedAt && at <= endedAt);
}

/** Whoever is not the owner sees, and does, nothing. */
function strangersGetNothing({ calls }: History): string[] {
  const allowed = new Set([0, 404, 502, 503, 504]);
  return calls.filter(({ kind, status }) => kind === "stranger" && !allowed.has(status)).map(show);
}

export const actsAreWhole: Record<string, Check> = {
  everyCallIsAnswered,
  acknowledgedIsReadable,
  readableAtOnce,
  saidOnce,
  oneKeyOneTurn,
  refusedIsNotThere,
  runningTurnIsNamed,
  answeredIsStored,
  stoppedIsOver,
  deletedStaysDeleted,
  strangersGetNothing,
};
