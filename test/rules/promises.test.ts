import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const TESTS = join(import.meta.dirname, "..");

/** Where each promise is kept: files of tests, and the tests' names as they are written there. */
const PROMISES: Record<number, Record<string, string[]>> = {
  // A message that is acknowledged is readable at once, and after SIGKILL.
  1: {
    "faults/acknowledged.test.ts": [
      "What was acknowledged is read at once from another connection, and after SIGKILL",
    ],
  },
  // One Idempotency-Key, one turn.
  2: {
    "features/turns/idempotency.test.ts": [
      "are one question, one answer and one bill, and twenty times that answer",
      "are one chat and one stream, where none was named and all stream",
      "attaches to the answer while it runs, from its first event",
      "is refused for another body, whether the first turn runs or has ended",
      "belongs to one person and one route",
      "is kept with ids and a hash, and never with what was said",
    ],
    "features/turns/idempotency-races.test.ts": [
      "twenty keys in one chat begin one turn; the keys of the others stay free",
    ],
    "features/turns/idempotency-crash.test.ts": [
      "A send repeated after a crash tells what became of the first, and begins nothing",
      "A send without a chat, repeated after a crash, ends in the chat of the first",
    ],
    "features/turns/idempotency-log-gone.test.ts": [
      "streams it anew from what is stored, without ids",
      "gives the same JSON as before",
    ],
    "features/turns/idempotency-refusals.test.ts": [
      "once, a repetition that comes before it is known waits, and then attaches",
      "is twenty-four hours: then it is free, and begins another",
    ],
  },
  // A write whose answer was lost is repeated with the same ids.
  3: {
    "features/turns/turn-failures.test.ts": [
      "committed the beginning but its answer was %s, the turn runs once all the same",
      "refuses the end for a moment, the answer is saved all the same, and paid for once",
    ],
    "features/turns/idempotency-refusals.test.ts": [
      "once, the beginning is repeated under its own ids, and the turn runs once",
      "for good, a repetition ends what had begun, and says so; nobody was asked or paid",
    ],
    "features/messages/messages.test.ts": [
      "are stored once each when the database's answer is lost",
    ],
    "features/chats/chats.test.ts": ["happens once when the answer of the database is lost"],
  },
  // A kill between any two calls to Postgres breaks nothing.
  4: {
    "faults/kills.test.ts": [
      "Killing the process before or after any call to Postgres breaks nothing",
    ],
    "faults/schedules.test.ts": [
      "Whatever fails, and whenever the process is killed, nothing is lost, doubled or stuck",
    ],
  },
  // Refreshing.
  5: {
    "features/auth/sessions.test.ts": [
      "used twenty times at once moves the session by exactly one",
      "can be used again when its answer was lost",
      "that is long used ends the session, whoever of the two was the thief",
    ],
  },
  // A reader cut at any byte resumes.
  6: {
    "faults/cut-anywhere.test.ts": [
      "A reader cut at any byte, inside a character too, has the stored text once it has read on",
      "A reader whose connection is cut while the answer is written has the stored text in the end",
    ],
  },
  // Ids are contiguous and have one content; many readers, slow readers.
  7: {
    "features/turns/turns.test.ts": [
      "is told in the order of the contract, with contiguous ids and small events",
    ],
    "features/turns/crash.test.ts": [
      "A reader who comes back after a crash is told what counts, under ids that nobody had",
    ],
    "faults/races.test.ts": [
      "Fifty readers who join at different places see the same events, each to the end",
    ],
    "features/turns/slow-readers.test.ts": [
      "A reader that takes nothing slows nobody, is cut, and resumes where it was without a gap",
    ],
    "room/turn-log.test.ts": [
      "a reader gets every event that was not lost, once, in order, and no id with two contents",
      "gives no id out again, also of those that it lost",
    ],
  },
  // Leaving never stops an answer; stopping does.
  8: {
    "http/hang-ups.test.ts": [
      "A client that hangs up stops nothing: the provider is read to its end, and the answer stored",
    ],
    "features/turns/stop.test.ts": [
      "works from another device of the same person, and takes no trip but the one that saves",
      "is told within two seconds, also while Postgres takes no end",
      "twenty times at once stops once, and all are told the same",
      "at the moment of its end leaves one end, whichever came first",
      "ends one whose beginning was committed without anybody knowing of it",
    ],
    "features/turns/turns.test.ts": [
      "is estimated, and says so, where the provider gives no count",
    ],
  },
  // One terminal event, heartbeats, and no event of a model's making.
  9: {
    "features/turns/turn-limits.test.ts": [
      "A stream that has nothing to say sends comments, so that nobody takes it for dead",
    ],
    "unit/turn-events.test.ts": [
      "are three lines whatever the text holds, so that a model cannot begin an event",
    ],
    "faults/schedules.test.ts": [
      "Whatever fails, and whenever the process is killed, nothing is lost, doubled or stuck",
    ],
  },
  // A crash in mid-answer; no turn is endless.
  10: {
    "features/turns/crash.test.ts": [
      "A crash in mid-answer leaves the text so far as interrupted, its usage recorded, by itself",
      "A chat whose turn was lost in a crash can be asked again",
    ],
    "features/turns/recovery.test.ts": [
      "A reader whose turn was lost while Postgres is away is told that its end is yet to be saved",
    ],
    "features/turns/turn-failures.test.ts": [
      "committed the beginning and no answer came back twice, the chat can be asked again at once",
    ],
    "features/turns/branch-crash.test.ts": [
      "What a crash interrupted can be regenerated, and its question edited",
    ],
    "features/turns/reconcile.test.ts": [
      "is interrupted, what it may have cost is estimated, and its chat goes on",
    ],
    "features/turns/turn-limits.test.ts": [
      "A provider that writes for ever is cut off at the time that a turn may take",
      "An end that Postgres refuses for long is told as delayed, and saved by alarm later, once",
      "A beginning that Postgres took without our knowing is ended by alarm, and nothing is paid for",
      "A turn ends in its time also where its end takes Postgres longer than that",
    ],
  },
  // A provider that fails.
  11: {
    "features/turns/turn-failures.test.ts": [
      "${what}, the reader is told, what was written is kept, and the chat goes on",
      "${what}, a client that waits gets a problem that names what was stored",
    ],
    "features/turns/turn-limits.test.ts": [
      "A provider that never begins is given up on, and the answer ends as failed",
      "A provider that falls silent is given up on, and what it wrote is kept",
    ],
    "features/turns/failover.test.ts": [
      "is chosen for the one that was asked for, and paid at its own price",
      "has said its first word is not replaced: what it said is kept, and marked",
    ],
    "features/turns/turns.test.ts": [
      "is one row per attempt at a provider, exact to the last digit",
    ],
    "features/turns/save-refused.test.ts": [
      "(%s) is saved without what may be wrong, as failed",
      "whatever is left out is given up, and the minute ends the answer",
      "for good is given up, and tried no more",
    ],
    "features/search/message-words.test.ts": ["%s is stored, and found by its beginning"],
  },
  // What is deleted is gone everywhere, and stays gone.
  17: {
    "features/users/account-erasure.test.ts": [
      "leaves no row, no sign-in, and nothing in the rooms; an answer that is running is stopped",
      "leaves everybody else's things alone",
      "is done when the answer of the database is lost, and told so",
      "lets nothing be made any more by a token that is still good",
    ],
    "features/deletion/deletion.test.ts": [
      "goes with the request, and once more when nothing can write there any more",
      "goes by itself where the request died right after the deletion was committed",
      "does not come back by an answer that ends later",
      "is erased again where it is not known that it was",
      "goes with the request: the bytes, and an upload that was begun",
      "goes later where the bucket cannot be reached, in growing steps, and the deletion holds",
      "is gone in the end, though a signed URL that was still good brought it back",
      "is gone in the end also of uploads that were under way, and so is what was read of them",
    ],
    "features/files/deletion-sweep.test.ts": [
      "A sweep finds exactly what belongs to nothing, on both sides",
      "Many sweeps at once find the same, and do no more",
    ],
  },
  // A file is ready with all that belongs to it, or has failed with a reason; never stuck.
  19: {
    "features/files/files-upload.test.ts": [
      "ends in a file whose bytes are stored, hash recorded, text extracted and passages indexed",
    ],
    "features/files/files-reading.test.ts": [
      "ends as failed, with a sentence that says what to do: %s",
      "is taken up again by the minute, and ends as if nothing had been",
      "is given up on after a few times, and says so",
      "is forgotten an hour after its URL has run out, with what may have arrived meanwhile",
    ],
    "features/files/files-edges.test.ts": [
      "is read from its start again where its reading was lost in the middle",
      "at once, late, or of another run, changes nothing of what is read",
      "is given up on by way of the dead letters, says so, and is tried again when asked to",
    ],
  },
  // Hostile files: refused or failed, in bounded time and memory, never fetched.
  20: {
    "features/files/files-upload.test.ts": ["is told what to send instead: %s"],
    "features/files/extraction-bounds.test.ts": [
      "hostile Word documents end with their reason",
      "hostile pages and texts end with their text or their reason",
      "PDFs of any size end with their text or their reason",
      "What a document refers to is never fetched",
    ],
  },
  // A file never runs in our origin.
  21: {
    "features/files/files.test.ts": [
      "leads to the bucket, which is told to give it as an attachment of its type and name",
      "gives a program the signed URL, good for five minutes and for this file alone",
    ],
  },
  // Instructions inside a document change nothing; every citation shown is true.
  22: {
    "features/turns/documents-hostile.test.ts": [
      "is data in its fence, and obeyed to the letter still cites nothing untrue: $name",
      "are neither in a prompt nor in a search, whatever ids are sent and whatever is asked",
    ],
    "features/turns/documents-ask.test.ts": [
      "shows no quotation as a citation that does not stand there, and says so",
    ],
    "features/turns/documents-long.test.ts": [
      "may quote what stands elsewhere in the document, and nothing that stands nowhere",
      "verifies nothing that cannot be looked up, and shows none of it as a citation",
    ],
  },
};

const KEPT = [...Array.from({ length: 11 }, (_, index) => index + 1), 17, 19, 20, 21, 22];

/** The names of the tests of a file, as they are written there. */
async function namesOf(file: string): Promise<string[]> {
  const text = await readFile(join(TESTS, file), "utf8");
  const calls = text.matchAll(/\bit(?:\.each\((?:(?!\)\().)*\))?\(\s*(["`])(.*?)\1/gs);
  return [...calls].map(([, , name = ""]) => name);
}

describe("promise", () => {
  for (const promise of KEPT) {
    it(`${promise} is kept by tests that there are`, async () => {
      const files = Object.entries(PROMISES[promise] ?? {});
      expect(files).not.toEqual([]);
      for (const [file, tests] of files) {
        const names = await namesOf(file);
        for (const test of tests) expect(names, file).toContain(test);
      }
    });
  }
});
