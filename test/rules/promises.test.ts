import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ACCOUNT_PROMISES } from "./account-promises.ts";

const TESTS = join(import.meta.dirname, "..");

/** The tests that keep each promise: files, and titles as they are written there. */
const PROMISES: Record<number, Record<string, string[]>> = {
  ...ACCOUNT_PROMISES,
  // An acknowledged message is readable at once, and after SIGKILL.
  1: {
    "faults/acknowledged.test.ts": [
      "An acknowledged write is readable at once on another connection, and after SIGKILL",
    ],
  },
  // One Idempotency-Key, one turn.
  2: {
    "features/turns/idempotency.test.ts": [
      "are one user message, one answer and one bill, returned twenty times",
      "are one chat and one stream, where none was named and all stream",
      "attaches to the answer while it runs, from its first event",
      "is refused for another body, during and after the turn",
      "belongs to one user and one route",
      "is stored with ids and a hash, and never with the content",
    ],
    "features/turns/idempotency-races.test.ts": [
      "twenty keys in one chat begin one turn; the keys of the others stay free",
    ],
    "features/turns/idempotency-crash.world.test.ts": [
      "A send repeated after a crash returns the outcome of the first, and begins nothing",
      "A send without a chat, repeated after a crash, ends in the chat of the first",
    ],
    "features/turns/idempotency-log-gone.test.ts": [
      "streams it anew from what is stored, without ids",
      "returns the same JSON as before",
    ],
    "features/turns/idempotency-refusals.test.ts": [
      "once, a repetition that arrives before the outcome is known waits, and then attaches",
      "is twenty-four hours: then it is free, and begins another turn",
    ],
  },
  // A write whose response was lost is repeated with the same ids.
  3: {
    "features/turns/turn-failures.test.ts": [
      "committed the beginning but its response was %s, the turn runs once all the same",
      "refuses the end for a moment, the answer is saved all the same, and billed once",
    ],
    "features/turns/idempotency-refusals.test.ts": [
      "once, the beginning is repeated under its own ids, and the turn runs once",
      "for good, a repetition ends what had begun, and says so; no provider is called or billed",
    ],
    "features/messages/messages.test.ts": [
      "are stored once each when the response of Postgres is lost",
    ],
    "features/chats/chats.test.ts": ["takes effect once when the response of Postgres is lost"],
  },
  // A kill between any two calls to Postgres breaks nothing.
  4: {
    "faults/kills.test.ts": [
      "Killing the process before or after any call to Postgres breaks nothing",
    ],
    "faults/schedules.test.ts": [
      "Whatever fails, and whenever the process is killed, nothing is lost, duplicated or stuck",
    ],
  },
  // A subscriber cut at any byte resumes.
  6: {
    "faults/cut-anywhere.world.test.ts": [
      "A subscriber cut at any byte, inside a character too, has the stored text after it resumes",
      "A subscriber whose connection is cut during generation has the stored text in the end",
    ],
  },
  // Ids are contiguous and have one content; many subscribers, slow subscribers.
  7: {
    "features/turns/turns.test.ts": [
      "follows the order of the contract, with contiguous ids and small events",
    ],
    "features/turns/crash.world.test.ts": [
      "A subscriber that resumes after a crash receives the stored text, under unused event ids",
    ],
    "faults/races.world.test.ts": [
      "Fifty subscribers that join at different events see the same events, each to the end",
    ],
    "features/turns/slow-subscribers.world.test.ts": [
      "A subscriber that reads nothing delays nobody, is disconnected, and resumes without a gap",
    ],
    "room/turn-log.test.ts": [
      "a subscriber gets every event that was not lost, once, in order, and no id with two contents",
      "issues no id again, also of those that it lost",
    ],
  },
  // A disconnect never stops an answer; a stop does.
  8: {
    "http/hang-ups.test.ts": [
      "A client that disconnects stops nothing: the provider is read to its end, and the answer stored",
    ],
    "features/turns/stop.test.ts": [
      "works from another device of the same user, and takes no trip but the one that saves",
      "is answered within two seconds, also while Postgres accepts no end",
      "twenty times at once stops once, and all get the same response",
      "at the moment of its end leaves one end, whichever came first",
      "ends one whose beginning was committed although its response was lost",
    ],
    "features/turns/turns.test.ts": [
      "is estimated, and marked so, where the provider reports no usage",
    ],
  },
  // One terminal event, heartbeats, and no event made by a model.
  9: {
    "features/turns/turn-limits.world.test.ts": [
      "A stream without events sends comments, so that no proxy closes it",
    ],
    "unit/turn-events.test.ts": [
      "are three lines whatever the text contains, so that a model cannot begin an event",
    ],
    "faults/schedules.test.ts": [
      "Whatever fails, and whenever the process is killed, nothing is lost, duplicated or stuck",
    ],
  },
  // A crash in mid-answer; every turn ends.
  10: {
    "features/turns/crash.world.test.ts": [
      "A crash in mid-answer stores the text so far as interrupted, and its usage, without a request",
      "A chat whose turn was lost in a crash accepts another message",
    ],
    "features/turns/recovery.world.test.ts": [
      "A subscriber whose turn was lost while Postgres is unreachable receives `save_delayed`",
    ],
    "features/turns/turn-failures.test.ts": [
      "committed the beginning and both responses were lost, the chat accepts a message again at once",
    ],
    "features/turns/branch-crash.world.test.ts": [
      "An interrupted answer can be regenerated, and its user message edited",
    ],
    "features/turns/reconcile.world.test.ts": [
      "is interrupted, its cost estimated, and its chat continues",
    ],
    "features/turns/turn-limits.world.test.ts": [
      "A provider that never ends is cut off at the turn's time limit",
      "An end that Postgres refuses for long is emitted as delayed, and saved by alarm later, once",
      "A beginning that was committed unknown to the room is ended by alarm, and nothing is billed",
      "A turn ends within its time limit also when saving it takes longer",
    ],
  },
  // A failing provider.
  11: {
    "features/turns/turn-failures.test.ts": [
      "${what}, the subscriber gets the error, the text so far is kept, and the chat continues",
      "${what}, a client that waits for JSON gets a problem that names what was stored",
    ],
    "features/turns/turn-limits.world.test.ts": [
      "A provider that never sends a first token is given up on, and the answer ends as failed",
      "A provider that stops sending is given up on, and its text is kept",
    ],
    "features/turns/failover.world.test.ts": [
      "is the one configured for the requested model, and billed at its own price",
      "has sent its first token is not replaced: its text is kept, and marked",
    ],
    "features/turns/turns.test.ts": [
      "is one row per attempt at a provider, exact to the last digit",
    ],
    "features/turns/save-refused.world.test.ts": [
      "(%s) is saved without the suspect parts, as failed",
      "in every form is given up on, and the cron ends the answer",
      "for good is given up on, and not retried",
    ],
    "features/search/message-words.test.ts": ["%s is stored, and found by its beginning"],
  },
  // Deleted data is gone everywhere, and stays gone.
  17: {
    "features/users/account-erasure.world.test.ts": [
      "leaves no row, no session, and nothing in the rooms, and stops a running answer",
      "leaves other users' data alone",
      "takes effect when the response of Postgres is lost, and is confirmed",
      "lets a token that is still valid create nothing any more",
    ],
    "features/users/erasure-portions.test.ts": [
      "ends in a receipt with counts, once the bucket and the rooms are erased for good",
      "is continued by the cron, with exact counts: ${kind} at ${step}",
      "a worker that still reads one of its files writes nothing",
      "makes all of it unreachable with the response, though one portion does not take it",
    ],
    "features/deletion/deletion.world.test.ts": [
      "is erased with the request, and once more when no late write is possible",
      "is erased by the cron when the request died right after the deletion was committed",
      "does not come back with an answer that ends later",
      "is erased again when it is unknown whether it was",
      "is erased with the request",
      "is erased later when the bucket cannot be reached, with growing delays, and the deletion holds",
      "is erased in the end, though a signed URL that was still valid restored it",
      "is erased in the end also of uploads under way, and so is their extracted text",
    ],
    "features/files/deletion-sweep.world.test.ts": [
      "A sweep finds exactly the orphans of bucket and database",
      "Concurrent sweeps find the same, and do no more",
    ],
  },
  // A file is ready with all that belongs to it, or has failed with a reason; never stuck.
  19: {
    "features/files/files-upload.world.test.ts": [
      "ends in a file whose bytes are stored, hash recorded, text extracted and passages indexed",
    ],
    "features/files/ingestion.test.ts": [
      "ends as failed, with a sentence that says what to do: %s",
      "is resumed by the cron, and ends as if nothing had happened",
      "is given up on after a few attempts, and says so",
      "is deleted an hour after its URL expired, with whatever arrived meanwhile",
    ],
    "features/files/files-edges.world.test.ts": [
      "is ingested again from its start when the worker was lost in the middle",
      "at once, late, or from an older attempt, changes nothing of the stored text",
      "is given up on through the dead-letter queue, says so, and is retried on request",
    ],
  },
  // Hostile files: refused or failed, in bounded time and memory, never fetched.
  20: {
    "features/files/files-upload.world.test.ts": ["says what to send instead: %s"],
    "features/files/extraction-bounds.test.ts": [
      "hostile Word documents end with a reason",
      "hostile HTML and text files end with their text or a reason",
      "PDFs of any size end with their text or a reason",
      "What a document links to is never fetched",
    ],
  },
  // A file never runs in our origin.
  21: {
    "features/files/files.world.test.ts": [
      "redirects to the bucket, which serves it as an attachment of its type and name",
      "returns the signed URL as JSON, valid for five minutes and for this file alone",
    ],
  },
  // Instructions inside a document change nothing; every citation shown is true.
  22: {
    "features/turns/documents-hostile.test.ts": [
      "is fenced data, and a model that obeys it still cites nothing untrue: $name",
      "are neither in a prompt nor in a search, whatever ids and questions are sent",
    ],
    "features/turns/documents-ask.test.ts": [
      "shows no quotation as a citation that is not in the document, and says so",
    ],
    "features/turns/documents-long.world.test.ts": [
      "may quote text elsewhere in the document, but none that it does not contain",
      "verifies nothing that cannot be looked up, and shows none of it as a citation",
    ],
  },
  // Any dependency down: a response within its budget, and running streams go on.
  23: {
    "faults/dependencies.test.ts": [
      "%s %s, every route succeeds or says when to retry, and a running stream ends well",
      "a stream that begins then has the failure as its last event but one",
    ],
    "faults/postgres-failures.test.ts": [
      "Whatever fails in Postgres, every route succeeds or says when to retry, and takes effect once",
    ],
    "features/turns/provider-circuit.world.test.ts": [
      "is not called for a while: a turn is refused at once, costs nothing, and says when to retry",
      "admits one call after its pause, and closes when that succeeds",
      "is answered by the second one at once, and billed for that alone",
    ],
    "features/limits/requests.world.test.ts": [
      "sheds another user's turn until one ends, changes nothing, and disturbs no running one",
    ],
  },
  // Every request, subscriber, socket and room has a bound in bytes.
  25: {
    "http/hostile-requests.test.ts": ["that announces ten gigabytes is refused before it arrives"],
    "features/messages/memory-pages.test.ts": ["Four concurrent pages of the longest messages"],
    "features/turns/memory-subscribers.test.ts": ["Streams that the clients do not read"],
    "features/turns/slow-subscribers.world.test.ts": [
      "A subscriber that reads nothing delays nobody, is disconnected, and resumes without a gap",
    ],
    "features/turns/sockets-bounds.world.test.ts": [
      "are 64 at most over all chats, however many are opened at once",
    ],
  },
};

const KEPT = [...Array.from({ length: 23 }, (_, index) => index + 1), 25];

/** The titles of a file's tests, as they are written there. */
async function namesOf(file: string): Promise<string[]> {
  const text = await readFile(join(TESTS, file), "utf8");
  const calls = text.matchAll(/\bit(?:\.each\((?:(?!\)\().)*\))?\(\s*(["`])(.*?)\1/gs);
  return [...calls].map(([, , name = ""]) => name);
}

describe("promise", () => {
  for (const promise of KEPT) {
    it(`${promise} is kept by existing tests`, async () => {
      const files = Object.entries(PROMISES[promise] ?? {});
      expect(files).not.toEqual([]);
      for (const [file, tests] of files) {
        const names = await namesOf(file);
        for (const test of tests) expect(names, file).toContain(test);
      }
    });
  }
});
