/** What each request must have received, and left behind. Pure. */
import type { Check } from "./checker.ts";
import {
  acknowledged,
  type Call,
  chatOf,
  deleted,
  type History,
  userMessageOf,
} from "./history.ts";

/** Statuses that a client may get; anything else is a bug. */
const EXPECTED = new Set([200, 201, 204, 304, 404, 409, 502, 503, 504]);

const show = (call: Call) => `${call.kind} of ${call.content ?? chatOf(call)} → ${call.status}`;

/** Every request gets a response that the catalogue expects. */
function everyCallIsAnswered({ calls, crashes }: History): string[] {
  const allowed = (call: Call) =>
    EXPECTED.has(call.status) || (call.status === 0 && crashes.length > 0);
  return calls.filter((call) => !allowed(call)).map(show);
}

/** An acknowledged message is stored, word for word. */
function acknowledgedIsReadable(history: History): string[] {
  const gone = deleted(history);
  const rows = new Map(history.rows.messages.map((row) => [row.id, row]));
  return acknowledged(history)
    .filter(({ chatId }) => !gone.has(chatId))
    .filter(({ id, content }) => rows.get(id)?.content !== content)
    .map(({ id, content }) => `${content} (${id}) is missing`);
}

/** A read after an acknowledgement to another client includes the message. */
function readableAtOnce(history: History): string[] {
  const messages = acknowledged(history);
  const branched = new Set(history.calls.filter(isBranching).map(chatOf));
  return history.calls.flatMap((call) => {
    if (call.kind !== "read" || call.status !== 200 || branched.has(call.chatId)) return [];
    const shown = new Set(call.body.map((message: { id: string }) => message.id));
    return messages
      .filter(
        ({ chatId, at, id }) => chatId === call.chatId && at < call.startedAt && !shown.has(id),
      )
      .map(({ content }) => `${content} was acknowledged, and then not read`);
  });
}

/** These change which messages are on the active path. */
function isBranching({ kind }: Call): boolean {
  return kind === "regenerate" || kind === "edit";
}

/** A message sent repeatedly under its key is stored once. */
function storedOnce({ rows }: History): string[] {
  const said = Map.groupBy(
    rows.messages.filter(({ type }) => type === "user"),
    ({ content }) => content,
  );
  return [...said]
    .filter(([, found]) => found.length > 1)
    .map(([content]) => `${content} is stored twice`);
}

/** One key is one turn: every repetition gets the same message and the same answer. */
function oneKeyOneTurn({ calls }: History): string[] {
  const keyed = Map.groupBy(
    calls.filter(({ key, kind }) => key !== undefined && kind === "send"),
    ({ key }) => key,
  );
  return [...keyed].flatMap(([key, same]) => {
    const userMessages = new Set(same.flatMap((call) => userMessageOf(call)?.id ?? []));
    const answers = new Set(same.flatMap((call) => answerIdOf(call) ?? []));
    return userMessages.size > 1 || answers.size > 1 ? [`${key} has several turns`] : [];
  });
}

function answerIdOf({ body, events, status }: Call): string | undefined {
  if (status !== 200) return undefined;
  const started = events?.find((event) => event.name === "ai_message_start");
  return events ? started?.data.message_id : body?.ai_response?.id;
}

/** A refused request has no effect. A failed answer is no refusal, nor is one whose outcome is unknown. */
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
    .map(([content]) => `${content} was refused, and is stored`);
}

/** A refusal because of a running turn names that turn. */
function runningTurnIsNamed(history: History): string[] {
  const gone = deleted(history);
  const answers = new Map(history.rows.messages.map((row) => [row.id, row]));
  return history.calls
    .filter((call) => call.status === 409 && call.body?.code === "turn_in_progress")
    .filter((call) => !gone.has(call.chatId))
    .filter(({ body, chatId }) => {
      // It may have ended between the refusal and the lookup of its name.
      if (body.message_id === undefined) return false;
      const row = answers.get(body.message_id);
      // A room that was killed as its turn began finds out only by ending it that it never did.
      if (!row) return history.crashes.length === 0;
      return row.type !== "bot" || row.chat_id !== chatId;
    })
    .map((call) => `${show(call)} names ${call.body.message_id}`);
}

/** An answer in a JSON response is what is stored. */
function jsonAnswerIsStored(history: History): string[] {
  const gone = deleted(history);
  const rows = new Map(history.rows.messages.map((row) => [row.id, row]));
  return history.calls.flatMap((call) => {
    const answer = call.status === 200 ? call.body?.ai_response : undefined;
    if (!answer || gone.has(chatOf(call))) return [];
    const row = rows.get(answer.id);
    const same = row?.content === answer.content && row?.status === answer.status;
    return same ? [] : [`${show(call)} differs from the stored one: ${row?.status}`];
  });
}

/** A stopped answer does not change any more. */
function stoppedIsOver({ calls }: History): string[] {
  return calls
    .filter(
      ({ kind, status, body }) => kind === "stop" && status === 200 && body.status === "streaming",
    )
    .map(show);
}

/** A deleted object is like one that never existed, to everybody and from then on. */
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

/** A deletion whose first attempt had no response cannot know that another one deleted the chat. */
function mayHaveDeleted({ kind, startedAt, endedAt }: Call, unanswered: number[]): boolean {
  return kind === "delete" && unanswered.some((at) => at >= startedAt && at <= endedAt);
}

/** Other users see nothing, and change nothing. */
function otherUsersGetNothing({ calls }: History): string[] {
  const allowed = new Set([0, 404, 502, 503, 504]);
  return calls.filter(({ kind, status }) => kind === "stranger" && !allowed.has(status)).map(show);
}

export const actsAreWhole: Record<string, Check> = {
  everyCallIsAnswered,
  acknowledgedIsReadable,
  readableAtOnce,
  storedOnce,
  oneKeyOneTurn,
  refusedIsNotThere,
  runningTurnIsNamed,
  jsonAnswerIsStored,
  stoppedIsOver,
  deletedStaysDeleted,
  otherUsersGetNothing,
};
