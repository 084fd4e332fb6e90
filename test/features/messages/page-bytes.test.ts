import { beforeAll, describe, expect, it } from "vitest";
import { chatOf, newChat } from "../../support/chats.ts";
import { type Body, type SignedIn, signUp } from "../../support/client.ts";
import { countCalls, query } from "../../support/postgres.ts";

const MIB = 1024 * 1024;
/** Besides the messages: siblings, links between them. */
const ALLOWANCE = 64 * 1024;

let ada: SignedIn;
beforeAll(async () => {
  ada = await signUp();
});

/** A chat whose messages have the maximum length, of text that SQL makes. */
async function heavyChat(count: number, content: string, metadata = "'{}'::jsonb") {
  const { id, path } = await chatOf(ada, count);
  await query(
    `UPDATE messages SET content = ${content}, metadata = ${metadata}, status = 'failed' WHERE chat_id = $1`,
    [id],
  );
  return { id, path };
}

type Page = { bytes: number; ids: string[]; link: string | undefined };

async function read(path: string): Promise<Page> {
  const response = await ada.fetch(path);
  const text = await response.text();
  const link = /<([^>]+)>; rel="next"/.exec(response.headers.get("link") ?? "")?.[1];
  return { bytes: Buffer.byteLength(text), ids: idsOf(JSON.parse(text)), link };
}

const idsOf = (messages: Body): string[] => messages.map(({ id }: { id: string }) => id);

async function follow(start: string): Promise<Page[]> {
  const pages: Page[] = [];
  for (let next: string | undefined = start; next;) {
    const page: Page = await read(next);
    pages.push(page);
    next = page.link;
  }
  return pages;
}

/** Texts whose length on the wire differs from their characters, or their bytes. */
const TEXTS: [string, number, string, string?][] = [
  ["plain", 70, "repeat('a', 32000)"],
  ["of four bytes each", 20, "repeat('😀', 32000)"],
  ["that are escaped", 36, `repeat('"', 32000)`],
  ["of control characters", 14, "repeat(chr(1), 32000)"],
  ["with long metadata", 140, "'short'", `jsonb_build_object('note', repeat('é', 8000))`],
];

describe("a page of the longest messages", { timeout: 60_000 }, () => {
  it.each(TEXTS)(
    "is at most a MiB, and the pages contain every message once: %s",
    async (...text) => {
      const [, count, content, metadata] = text;
      const { id, path } = await heavyChat(count, content, metadata);
      const older = await follow(`/chats/${id}/messages?limit=200`);
      expect(older.toReversed().flatMap(({ ids }) => ids)).toEqual(path);
      const newer = await follow(`/chats/${id}/messages?limit=200&after=${path[0]}`);
      expect(newer.flatMap(({ ids }) => ids)).toEqual(path.slice(1));
      const opened = await read(`/chats/${id}/messages?limit=200&offset=3`);
      expect(opened.ids).toEqual(path.slice(-3 - opened.ids.length, -3));
      for (const { bytes } of [...older, ...newer, opened]) {
        expect(bytes).toBeLessThanOrEqual(MIB + ALLOWANCE);
      }
      // Full, too.
      expect(older).toHaveLength(3);
    },
  );

  it("takes one trip, and continues at `previous_cursor`", async () => {
    const { id, path } = await heavyChat(24, "repeat('é', 32000)");
    let answer: Body;
    expect(
      await countCalls(id, async () => {
        answer = (await ada.get(`/chats/${id}`)).body;
      }),
    ).toBe(1);
    const shown = idsOf(answer.messages);
    expect(shown).toEqual(path.slice(-shown.length));
    expect(Buffer.byteLength(JSON.stringify(answer))).toBeLessThanOrEqual(MIB + ALLOWANCE);
    expect(answer.previous_cursor).toBe(shown[0]);
    const before = await read(`/chats/${id}/messages?before=${answer.previous_cursor}`);
    expect([...before.ids, ...shown]).toEqual(path.slice(-shown.length - before.ids.length));
  });

  it("counts the names of attachments", async () => {
    const { id, path } = await chatOf(ada, 200);
    await query(
      `WITH made AS (
         INSERT INTO files (id, user_id, original_name, file_path, file_url, file_size, content_type, status, created_at)
         SELECT gen_random_uuid(), $2, repeat('😀', 255), gen_random_uuid(), '', 1, 'text/plain', 'failed', now()
         FROM generate_series(1, 20) RETURNING id
       )
       UPDATE messages SET type = 'user', own_file_count = 20, file_ids = (SELECT array_agg(id) FROM made)
       WHERE chat_id = $1`,
      [id, ada.user.id],
    );
    const older = await follow(`/chats/${id}/messages?limit=200`);
    expect(older.toReversed().flatMap(({ ids }) => ids)).toEqual(path);
    for (const { bytes } of older) expect(bytes).toBeLessThanOrEqual(MIB + ALLOWANCE);
    expect(older.length).toBeLessThan(8);
  });

  it("contains one message that alone is longer, and every kind of page gets past it", async () => {
    const { id, path } = await chatOf(ada, 3);
    await query(
      "UPDATE messages SET content = repeat('z', 1500000), status = 'failed' WHERE id = $1",
      [path[1]],
    );
    const older = await follow(`/chats/${id}/messages`);
    expect(older.map(({ ids }) => ids)).toEqual([[path[2]], [path[1]], [path[0]]]);
    const newer = await follow(`/chats/${id}/messages?after=${path[0]}`);
    expect(newer.map(({ ids }) => ids)).toEqual([[path[1]], [path[2]]]);
    const { body } = await ada.get(`/chats/${id}/export`);
    expect(idsOf(body.messages)).toEqual(path);
  });
});

describe("other lists", () => {
  it("of chats stay under a MiB with the longest titles", async () => {
    const eve = await signUp();
    await query(
      `INSERT INTO chats (id, user_id, title, created_at, updated_at)
       SELECT gen_random_uuid(), $1, repeat(chr(1), 200), now(), now() FROM generate_series(1, 120)`,
      [eve.user.id],
    );
    const text = await (await eve.fetch("/chats?limit=100")).text();
    expect(JSON.parse(text).chats).toHaveLength(100);
    expect(text.length).toBeLessThan(MIB);
  });

  it("of hits stay under a MiB with the longest messages", async () => {
    const eve = await signUp();
    const chatId = await newChat(eve);
    await query(
      `INSERT INTO messages (id, chat_id, type, content, status, created_at)
       SELECT gen_random_uuid(), $1, 'user', 'gooseberry ' || repeat('"😀" ', 7000), 'complete', now()
       FROM generate_series(1, 110)`,
      [chatId],
    );
    const text = await (await eve.fetch("/search?q=gooseberry&scope=messages&limit=100")).text();
    expect(JSON.parse(text).hits).toHaveLength(100);
    expect(text.length).toBeLessThan(MIB / 2);
  });

  it("of a file's text end where a page is full, and continue there", async () => {
    const fileId = crypto.randomUUID();
    await query(
      `INSERT INTO files (id, user_id, original_name, file_path, file_url, file_size, content_type, status, created_at)
       VALUES ($1::uuid, $2, 'long.txt', 'files/' || $1, '', 7, 'text/plain', 'ready', now())`,
      [fileId, ada.user.id],
    );
    await query(
      `INSERT INTO file_pages (file_id, part, page, start_offset, end_offset, text)
       SELECT $1, n, 1, n * 50000, (n + 1) * 50000, repeat('😀', 50000) FROM generate_series(0, 24) AS n`,
      [fileId],
    );
    const starts: number[] = [];
    for (let cursor: string | null = ""; cursor !== null;) {
      const query = cursor && `&cursor=${cursor}`;
      const text = await (await ada.fetch(`/files/${fileId}/text?limit=20${query}`)).text();
      expect(Buffer.byteLength(text)).toBeLessThanOrEqual(MIB);
      const page: Body = JSON.parse(text);
      starts.push(...page.pages.map(({ start }: { start: number }) => start));
      cursor = page.next_cursor;
    }
    expect(starts).toEqual(Array.from({ length: 25 }, (_, n) => n * 50_000));
  });
});
