/** The archive of an account: a zip file that is made while the client reads it, one page of rows at a time. */
import { makeZip } from "client-zip";
import type { Deps } from "../../deps.ts";
import { usableFileName } from "../../http/content-disposition.ts";
import { encodeUtf8 } from "../../lib/bytes.ts";
import { toIso } from "../../lib/clock.ts";
import { describeFailure } from "../../db/errors.ts";
import { logError } from "../../lib/log.ts";
import { Problem } from "../../lib/problem.ts";
import { listOwnEvents } from "../audit/queries.ts";
import { toOwnEvent } from "../audit/schemas.ts";
import type { UserRow } from "../auth/queries.ts";
import { toUser } from "../auth/schemas.ts";
import { formats } from "../chats/export-formats.ts";
import { getOutline, streamExport } from "../chats/export.ts";
import { toAnalysis } from "../files/analysis/schemas.ts";
import { type FileRow, getFileText } from "../files/queries.ts";
import { toFile } from "../files/schemas.ts";
import { Manifest } from "./manifest.ts";
import { objectBytes } from "./object-bytes.ts";
import {
  allPages,
  allRows,
  ANALYSES_PER_PAGE,
  listAnalysesById,
  listChatNames,
  listFeedbackOf,
  listFilesById,
  listIdentities,
  listKeysById,
  listSessionsById,
  listUsageById,
} from "./queries.ts";

type ArchiveDeps = Pick<Deps, "db" | "storage">;

type Entry = { name: string; lastModified: Date; input: AsyncGenerator<Uint8Array> };

/** In code points: with the id before it, a name fits into the 255 bytes of file systems. */
const LONGEST_NAME = 50;

/** After as many failures in a row the bucket is not asked any more. */
const MOST_FAILURES = 3;

const EVENTS_AT_ONCE = 100;
const PARTS_AT_ONCE = 20;

/**
 * The bytes of the archive. What the bucket or a deletion withholds is named in its manifest; if Postgres
 * fails, the stream does.
 */
export function streamArchive(
  deps: ArchiveDeps,
  user: UserRow,
  now: Date,
): ReadableStream<Uint8Array> {
  return makeZip(new Archive(deps, user, now).entries());
}

class Archive {
  readonly #deps: ArchiveDeps;
  readonly #user: UserRow;
  readonly #now: Date;
  readonly #manifest = new Manifest();
  #bucketFailures = 0;

  constructor(deps: ArchiveDeps, user: UserRow, now: Date) {
    this.#deps = deps;
    this.#user = user;
    this.#now = now;
  }

  /** The entries in order. A client that cancels ends the one that is being read. */
  async *entries(): AsyncGenerator<Entry> {
    let open: Entry | undefined;
    try {
      for await (const entry of this.#contents()) {
        open = entry;
        this.#manifest.addEntry();
        yield entry;
      }
      const json = this.#manifest.toJson(this.#user.id, toIso(this.#now));
      yield { name: "manifest.json", lastModified: this.#now, input: once(json) };
    } catch (error) {
      logError("export_cut", describeFailure(error));
      throw error;
    } finally {
      await open?.input.return(undefined);
    }
  }

  async *#contents(): AsyncGenerator<Entry> {
    const { db } = this.#deps;
    const of = [db, this.#user.id] as const;
    yield this.#entry("account.json", once(`${JSON.stringify(toUser(this.#user), null, 2)}\n`));
    yield this.#lines(
      "sessions.jsonl",
      allRows(listSessionsById, ({ id }) => id, ...of),
    );
    yield this.#lines("security-events.jsonl", this.#events());
    yield this.#lines("identities.jsonl", this.#identities());
    yield this.#lines(
      "api-keys.jsonl",
      allRows(listKeysById, ({ id }) => id, ...of),
    );
    yield this.#lines(
      "usage.jsonl",
      allRows(listUsageById, ({ id }) => id, ...of),
    );
    yield this.#lines("feedback.jsonl", this.#feedback());
    yield* this.#chats();
    yield this.#lines("files.jsonl", this.#fileRecords());
    yield this.#lines("analyses.jsonl", this.#analyses());
    yield* this.#files();
  }

  async *#chats(): AsyncGenerator<Entry> {
    const { db } = this.#deps;
    for await (const chat of allRows(listChatNames, ({ id }) => id, db, this.#user.id)) {
      const name = `chats/${chat.id} ${usableFileName(chat.title, LONGEST_NAME)}`;
      for (const format of [formats.json, formats.markdown]) {
        const entry = `${name}.${format.extension}`;
        yield this.#entry(entry, this.#chat(chat.id, format), chat.created_at);
      }
    }
  }

  async *#chat(chatId: string, format: (typeof formats)["json"]): AsyncGenerator<Uint8Array> {
    const { db } = this.#deps;
    const outline = await getOutline(db, this.#user.id, chatId, "all");
    for await (const chunk of streamExport(db, outline, format)) yield chunk;
  }

  async *#events(): AsyncGenerator {
    let before: number | undefined;
    do {
      const page = { limit: EVENTS_AT_ONCE, before };
      const rows = await listOwnEvents(this.#deps.db, this.#user.id, page);
      yield* rows.slice(0, EVENTS_AT_ONCE).map(toOwnEvent);
      before = rows.length > EVENTS_AT_ONCE ? rows.at(-2)?.position : undefined;
    } while (before !== undefined);
  }

  async *#identities(): AsyncGenerator {
    yield* await listIdentities(this.#deps.db, this.#user.id);
  }

  async *#feedback(): AsyncGenerator {
    const of = [this.#deps.db, this.#user.id] as const;
    for await (const chats of allPages(listChatNames, ({ id }) => id, ...of)) {
      const list = listFeedbackOf(chats.map(({ id }) => id));
      yield* allRows(list, (row) => row.message_id, ...of);
    }
  }

  async *#analyses(): AsyncGenerator {
    const of = [this.#deps.db, this.#user.id] as const;
    const rows = allRows(listAnalysesById, ({ id }) => id, ...of, ANALYSES_PER_PAGE);
    for await (const row of rows) yield toAnalysis(row);
  }

  async *#fileRecords(): AsyncGenerator {
    const { db } = this.#deps;
    for await (const row of allRows(listFilesById, ({ id }) => id, db, this.#user.id)) {
      yield { ...toFile(row), sha256: row.sha256 };
    }
  }

  async *#files(): AsyncGenerator<Entry> {
    const { db } = this.#deps;
    for await (const file of allRows(listFilesById, ({ id }) => id, db, this.#user.id)) {
      const name = `${file.id} ${usableFileName(file.original_name, LONGEST_NAME)}`;
      // Its bytes have not arrived.
      if (file.status === "pending") continue;
      const bytes = await this.#open(`files/${name}`, file.file_path);
      if (bytes) yield this.#entry(`files/${name}`, bytes, file.created_at);
      if (Number(file.text_length) > 0) {
        yield this.#entry(`texts/${name}.txt`, this.#text(file), file.created_at);
      }
    }
  }

  /** The bytes of an object; undefined, and a fault of the archive, if the bucket does not have them now. */
  async #open(entry: string, key: string): Promise<AsyncGenerator<Uint8Array> | undefined> {
    const { storage } = this.#deps;
    try {
      if (this.#bucketFailures >= MOST_FAILURES) throw new Problem("storage_unavailable");
      const object = await storage.get(key);
      this.#bucketFailures = 0;
      if (object) return objectBytes(storage, key, object);
      this.#manifest.addFault(entry, "missing_in_storage");
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      this.#bucketFailures += 1;
      this.#manifest.addFault(entry, error.code);
    }
    return undefined;
  }

  async *#text({ id }: FileRow): AsyncGenerator<Uint8Array> {
    let cursor: number | null = 0;
    while (cursor !== null) {
      const page: Awaited<ReturnType<typeof getFileText>> = await getFileText(
        this.#deps.db,
        this.#user.id,
        id,
        { limit: PARTS_AT_ONCE, cursor },
      );
      yield encodeUtf8(page.parts.map(({ text }) => text).join(""));
      cursor = page.nextPart;
    }
  }

  #lines(name: string, rows: AsyncGenerator): Entry {
    return this.#entry(name, toLines(rows));
  }

  #entry(name: string, input: AsyncGenerator<Uint8Array>, createdAt?: string): Entry {
    const lastModified = createdAt ? new Date(createdAt) : this.#now;
    return { name, lastModified, input: this.#guarded(name, input) };
  }

  /** Ends an entry early, with a fault of the archive, when what it reads was deleted or the bucket fails. */
  async *#guarded(name: string, input: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
    try {
      yield* input;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      this.#manifest.addFault(name, error.code === "not_found" ? "deleted_meanwhile" : error.code);
    }
  }
}

async function* once(text: string): AsyncGenerator<Uint8Array> {
  yield encodeUtf8(text);
}

async function* toLines(rows: AsyncGenerator): AsyncGenerator<Uint8Array> {
  for await (const row of rows) yield encodeUtf8(`${JSON.stringify(row)}\n`);
}
