import { BAD_LEDGERS } from "./bad-ledgers.ts";
import {
  afterCrash,
  ANSWER,
  call,
  CHAT,
  event,
  failed,
  type Good,
  leftUnsure,
  noRows,
  row,
} from "./good-history.ts";

/** Corruptions of a history, by the rule that must detect them. */
export const BAD_HISTORIES: Record<string, Record<string, (good: Good) => void>> = {
  everyCallIsAnswered: {
    "a bug of ours": ({ read }) => (read.status = 500),
    "an emitted id is unknown": ({ resumed }) => (resumed.status = 400),
    "a request that hangs": ({ read }) => (read.status = -1),
    "a request without a response, without a kill": ({ read }) => (read.status = 0),
  },
  acknowledgedIsReadable: {
    "a streamed message is gone": ({ history }) => history.rows.messages.shift(),
    "a message is gone, though the deletion of its chat failed": ({ history }) => {
      history.calls.push(call({ kind: "delete", status: 503 }));
      history.rows.messages.shift();
    },
    "a message has another content": ({ history }) =>
      void (history.rows.messages[0] = row("q1", null, { content: "other" })),
    "an edited message is gone": ({ history }) =>
      history.calls.push(
        call({ kind: "edit", body: { user_message: { id: "q9", chat_id: CHAT, content: "q9" } } }),
      ),
  },
  readableAtOnce: {
    "a list does not have it yet": ({ read }) => (read.body = []),
  },
  storedOnce: {
    "a message is stored twice": ({ history }) =>
      history.rows.messages.push(row("q2", "a1", { content: "q1" })),
  },
  oneKeyOneTurn: {
    "a repetition began another turn": ({ history }) =>
      history.calls.push(
        call({ key: "k", body: { user_message: { id: "q2", chat_id: CHAT, content: "q1" } } }),
      ),
    "a repetition has another answer": ({ history }) =>
      history.calls.push(
        call({
          key: "k",
          body: {
            user_message: { id: "q1", chat_id: CHAT, content: "q1" },
            ai_response: { id: "a2" },
          },
        }),
      ),
  },
  refusedIsNotThere: {
    "a refused message is stored": ({ history }) => {
      history.calls.push(call({ content: "q2", status: 409, body: { code: "other" } }));
      history.rows.messages.push(row("q2", "a1"));
    },
  },
  runningTurnIsNamed: {
    "a refusal names a message that is no answer": ({ history }) =>
      history.calls.push(
        call({ status: 409, body: { code: "turn_in_progress", message_id: "q1" } }),
      ),
    "a refusal names a missing message": ({ history }) =>
      history.calls.push(
        call({ status: 409, body: { code: "turn_in_progress", message_id: "x" } }),
      ),
  },
  jsonAnswerIsStored: {
    "a JSON answer differs from the stored one": ({ history }) =>
      history.calls.push(call({ body: { ai_response: { ...ANSWER, content: "Yes." } } })),
  },
  stoppedIsOver: {
    "stopping leaves it streaming": ({ history }) =>
      history.calls.push(call({ kind: "stop", body: { status: "streaming" } })),
  },
  deletedStaysDeleted: {
    "it is back in Postgres": ({ history }) => history.calls.push(call({ kind: "delete" })),
    "it is found again": ({ history }) => {
      history.rows = noRows();
      history.views = [];
      history.calls.unshift(call({ kind: "delete", startedAt: 2, endedAt: 3 }));
    },
    "it is deleted again, and nothing was in doubt": ({ history }) => {
      history.rows = noRows();
      history.views = [];
      history.calls = [90, 92].map((at) =>
        call({ kind: "delete", startedAt: at, endedAt: at + 1 }),
      );
      history.unanswered.push(90.5);
    },
  },
  otherUsersGetNothing: {
    "another user reads": ({ history }) => history.calls.push(call({ kind: "stranger" })),
  },
  idsAreContiguous: {
    "an event is left out": ({ stream, events }) =>
      (stream.events = events.filter(({ id }) => id !== 4)),
    "a resumed subscriber misses the next event": ({ resumed }) => (resumed.after = 2),
    "a resumed subscriber gets an event again": ({ resumed }) => (resumed.after = 4),
    "two gaps after a crash": (good) => {
      afterCrash(good, 3);
      afterCrash(good, 4);
    },
  },
  idsHaveOneContent: {
    "an id has two contents": ({ resumed }) =>
      (resumed.events = [
        event(4, "content_delta", { content: "maybe." }),
        ...(resumed.events ?? []).slice(1),
      ]),
  },
  streamsEndOnce: {
    "a stream ends without its end": ({ stream, events }) => (stream.events = events.slice(0, -1)),
    "a stream ends twice": ({ stream, events }) =>
      (stream.events = [...events, event(7, "stream_complete")]),
    "an event follows the end": ({ stream, events }) =>
      (stream.events = [...events, event(7, "chat_name", { name: "x" })]),
  },
  streamsAreNotBroken: {
    "a connection breaks by itself": ({ stream }) => (stream.end = "broken"),
  },
  turnsAreInOrder: {
    "an answer is complete before its text": ({ events }) => {
      const [delta, complete] = [events[3], events[4]];
      if (delta && complete) [delta.id, complete.id] = [5, 4];
    },
    "another turn begins in the middle": ({ history }) => {
      const message = { id: "q1", chat_id: CHAT, content: "q1" };
      const other = [event(4, "user_message", { message })];
      history.calls.push(call({ kind: "resume", after: 3, events: other, end: "left" }));
    },
    "no subscriber ever got the end": ({ stream, resumed, again, events }) => {
      again.events = [];
      again.end = "left";
      stream.events = events.slice(0, 4);
      stream.end = "left";
      resumed.events = [];
      resumed.end = "left";
    },
  },
  textIsStored: {
    "the text that was read is another": ({ history }) =>
      (history.rows.messages[1] = row("a1", "q1", { type: "bot", content: "Yes, no" })),
    "the emitted status differs": ({ history }) =>
      (history.rows.messages[1] = row("a1", "q1", {
        type: "bot",
        content: "Yes, no.",
        status: "failed",
      })),
    "the answer is gone": ({ history }) => history.rows.messages.pop(),
    "a lost turn is emitted as interrupted, and is complete": (good) =>
      leftUnsure(good, "turn_interrupted", "Yes, "),
    "a lost turn is yet to be saved, and is another text": (good) =>
      leftUnsure(good, "save_delayed", "No, "),
    "an interrupted answer is emitted without its content": (good) => {
      afterCrash(good, 4);
      const message = { ...ANSWER, status: "interrupted", content: null };
      if (good.events[4]) good.events[4].data = { message };
      good.history.rows.messages[1] = row("a1", "q1", {
        type: "bot",
        content: "Yes, ",
        status: "interrupted",
      });
    },
  },
  nothingStaysStreaming: {
    "an answer is still streaming": ({ history }) =>
      (history.rows.messages[1] = row("a1", "q1", { type: "bot", status: "streaming" })),
  },
  ...BAD_LEDGERS,
  chatsCount: {
    "a chat counts a message too many": ({ chat }) => (chat.message_count = 3),
    "a chat stands nowhere": ({ chat }) => (chat.current_message_id = "gone"),
    "an empty chat stands somewhere": ({ history }) => {
      history.rows.messages = [];
    },
  },
  parentsAreATree: {
    "a parent is of another chat": ({ history }) =>
      history.rows.messages.push(row("q2", "a1", { chat_id: "chat-2" })),
    "an answer is below an answer": ({ history }) =>
      history.rows.messages.push(row("a2", "a1", { type: "bot" })),
    "a message is above itself": ({ history }) => (history.rows.messages[0] = row("q1", "a1")),
  },
  resumedGetsTheRest: {
    "a subscriber in the middle gets nothing more": ({ resumed }) => {
      resumed.status = 204;
      delete resumed.events;
    },
    "an emitted id is unknown": ({ resumed }) => {
      resumed.status = 400;
      delete resumed.events;
    },
  },
  turnsCanBeReadAgain: {
    "a turn is gone from the log": ({ again }) => {
      again.status = 503;
      delete again.events;
    },
    "a turn is emitted without its end": ({ again }) => (again.end = "broken"),
  },
  failedIsStored: {
    "a failed answer is missing": ({ history }) =>
      history.calls.push(failed({ message_id: "a9", user_message_id: "q1" })),
    "a failed answer is complete": ({ history }) =>
      history.calls.push(failed({ message_id: "a1", user_message_id: "q1" })),
    "a failed answer belongs to another message": ({ history }) => {
      history.calls.push(failed({ message_id: "a1", user_message_id: "q9" }));
      history.rows.messages[1] = row("a1", "q1", { type: "bot", status: "failed" });
    },
    "a failure names nothing": ({ history }) => history.calls.push(failed({})),
  },
  providerIsCalledOnce: {
    "the provider is called twice for one answer": ({ history }) => history.asked.push("q1"),
    "the provider is called, and there is no answer": ({ history }) => history.rows.messages.pop(),
  },
  viewsShowThePath: {
    "the API shows less": ({ history }) => history.views[0]?.body.messages.pop(),
    "the API does not know the chat": ({ history }) =>
      (history.views = [{ chatId: CHAT, status: 404, body: {} }]),
  },
};
