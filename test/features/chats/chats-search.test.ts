import { beforeAll, expect, it } from "vitest";
import { type Body, type SignedIn, signUp } from "../../support/client.ts";
import { newChat } from "../../support/chats.ts";
import { query } from "../../support/postgres.ts";

const MANY = 1_200;

let ada: SignedIn;

/** Every tenth is pinned; each has a word of all, every third one that is frequent, and one in three hundred a rare one. */
beforeAll(async () => {
  ada = await signUp();
  await query(
    `INSERT INTO chats (id, user_id, title, pinned, created_at, updated_at)
     SELECT gen_random_uuid(), $1::uuid, 'Matter ' || n || CASE WHEN n % 3 = 0 THEN ' Frequently' ELSE '' END
       || CASE WHEN n % 300 = 0 THEN ' Zürich' ELSE '' END, n % 10 = 0, now(), now() - n * interval '1 second'
     FROM generate_series(1, $2::int) AS n`,
    [ada.user.id, MANY],
  );
});

async function listed(parameters: string): Promise<Body> {
  const { status, body } = await ada.get(`/chats?limit=100&${parameters}`);
  expect(status, JSON.stringify(body)).toBe(200);
  return body;
}

const numbersOf = (body: Body): number[] =>
  body.chats.map(({ title }: { title: string }) => Number(title.split(" ")[1]));

/** The numbers of the chats that a search is to find, in the order of the list. */
function expected(isFound: (n: number) => boolean): number[] {
  const all = Array.from({ length: MANY }, (_, index) => index + 1).filter(isFound);
  return [...all.filter((n) => n % 10 === 0), ...all.filter((n) => n % 10 !== 0)];
}

it.each([
  ["matter", () => true],
  ["quent", (n: number) => n % 3 === 0],
  ["zurich", (n: number) => n % 300 === 0],
  ["ch", (n: number) => n % 300 === 0],
  ["Z", (n: number) => n % 300 === 0],
  ["r 7", (n: number) => String(n).startsWith("7")],
  ["no such matter", () => false],
])("pages through all titles of many that contain %j, in order", async (text, isFound) => {
  const wanted = expected(isFound);
  const search = `search=${encodeURIComponent(text)}`;
  const found: number[] = [];
  let cursor: string | null = "";
  while (cursor !== null) {
    const body: Body = await listed(`${search}${cursor && `&cursor=${cursor}`}`);
    expect(body.total).toBe(wanted.length);
    found.push(...numbersOf(body));
    cursor = body.next_cursor;
  }
  expect(found).toEqual(wanted);
  const skipped = numbersOf(await listed(`${search}&offset=3`));
  expect(skipped).toEqual(wanted.slice(3, 103));
});

it("finds a renamed chat by its new title alone, and none of another account", async () => {
  const eve = await signUp();
  const id = await newChat(eve);
  await eve.patch(`/chats/${id}`, { title: "An umbrella" });
  await eve.patch(`/chats/${id}`, { title: "A parasol" });
  expect((await eve.get("/chats?search=parasol")).body).toMatchObject({
    chats: [{ id }],
    total: 1,
  });
  expect((await eve.get("/chats?search=umbrella")).body).toMatchObject({ chats: [], total: 0 });
  expect((await ada.get("/chats?search=parasol")).body).toMatchObject({ chats: [], total: 0 });
});
