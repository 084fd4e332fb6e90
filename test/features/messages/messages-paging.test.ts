import { beforeAll, describe, expect, it } from "vitest";
import { type ApiResponse, expectProblem, type SignedIn, signUp } from "../../support/client.ts";
import { chatOf, grow, newChat, say } from "../../support/chats.ts";

let ada: SignedIn;
let id: string;
let path: string[];
beforeAll(async () => {
  ada = await signUp();
  ({ id, path } = await chatOf(ada, 10));
});

const idsOf = (response: ApiResponse): string[] =>
  response.body.map((message: { id: string }) => message.id);

async function read(parameters = "", chatId = id): Promise<ApiResponse> {
  const response = await ada.get(`/chats/${chatId}/messages?${parameters}`);
  expect(response.status, JSON.stringify(response.body)).toBe(200);
  return response;
}

/** The path and query of a link, by its relation. */
function linkOf(response: ApiResponse, rel: string): string | undefined {
  const links = (response.headers.get("link") ?? "").matchAll(/<([^>]+)>; rel="(\w+)"/g);
  for (const [, target, found] of links) if (found === rel) return target;
  return undefined;
}

/** Follows a relation to its end; returns the pages in the order they were read. */
async function follow(start: string, rel: string): Promise<string[][]> {
  const pages: string[][] = [];
  for (let next: string | undefined = start; next;) {
    const response: ApiResponse = await ada.get(next);
    pages.push(idsOf(response));
    next = linkOf(response, rel);
  }
  return pages;
}

describe("the messages of a chat", () => {
  it("are its active path, oldest first", async () => {
    const response = await read();
    expect(idsOf(response)).toEqual(path);
    expect(response.headers.get("link")).toBeNull();
  });

  it("are none in a new chat", async () => {
    const empty = await newChat(ada);
    for (const parameters of ["", "offset=5"]) {
      expect((await read(parameters, empty)).body).toEqual([]);
    }
  });

  it("come a hundred at a time by default", async () => {
    const long = await chatOf(ada, 250);
    expect(idsOf(await read("", long.id))).toEqual(long.path.slice(150));
    expect(idsOf(await read("limit=200", long.id))).toEqual(long.path.slice(50));
  });

  it("are skipped from the newest by offset", async () => {
    expect(idsOf(await read("limit=3&offset=0"))).toEqual(path.slice(7));
    expect(idsOf(await read("limit=3&offset=2"))).toEqual(path.slice(5, 8));
    expect(idsOf(await read("limit=3&offset=8"))).toEqual(path.slice(0, 2));
    expect(idsOf(await read("limit=3&offset=10"))).toEqual([]);
  });

  it("are listed before a message, and after one", async () => {
    expect(idsOf(await read(`limit=3&before=${path[5]}`))).toEqual(path.slice(2, 5));
    expect(idsOf(await read(`limit=3&before=${path[1]}`))).toEqual(path.slice(0, 1));
    expect(idsOf(await read(`before=${path[0]}`))).toEqual([]);
    expect(idsOf(await read(`limit=3&after=${path[5]}`))).toEqual(path.slice(6, 9));
    expect(idsOf(await read(`limit=3&after=${path[8]}`))).toEqual(path.slice(9));
    expect(idsOf(await read(`after=${path[9]}`))).toEqual([]);
    expect(idsOf(await read(`after=${path[2]}&before=${path[6]}`))).toEqual(path.slice(3, 6));
    expect(idsOf(await read(`limit=2&after=${path[2]}&before=${path[6]}`))).toEqual(
      path.slice(3, 5),
    );
  });

  it("accept ids in any case, which win over an offset", async () => {
    const before = path[5]?.toUpperCase();
    expect(idsOf(await read(`limit=3&offset=4&before=${before}`))).toEqual(path.slice(2, 5));
  });

  it("link to every message once, towards older ones and back", async () => {
    const back = await follow(`/chats/${id}/messages?limit=3`, "next");
    expect(back).toEqual([path.slice(7), path.slice(4, 7), path.slice(1, 4), path.slice(0, 1)]);
    const forth = await follow(`/chats/${id}/messages?limit=3&after=${path[0]}`, "next");
    expect(forth).toEqual([path.slice(1, 4), path.slice(4, 7), path.slice(7)]);
    const middle = await read(`limit=2&before=${path[5]}`);
    expect(idsOf(await ada.get(linkOf(middle, "prev") ?? ""))).toEqual(path.slice(5, 7));
    expect(linkOf(await read("limit=3"), "prev")).toBeUndefined();
    expect(linkOf(await read("limit=3&offset=3"), "prev")).toContain(`after=${path[6]}`);
  });

  it("are each listed once for a client that pages back while others write", async () => {
    const chat = await chatOf(ada, 9);
    const seen: string[] = [];
    for (let next: string | undefined = `/chats/${chat.id}/messages?limit=2`; next;) {
      const response: ApiResponse = await ada.get(next);
      seen.unshift(...idsOf(response));
      next = linkOf(response, "next");
      await say(ada, chat.id, "meanwhile");
    }
    expect(seen).toEqual(chat.path);
  });

  it("are found by a client that waits for newer ones", async () => {
    const chat = await chatOf(ada, 2);
    expect(idsOf(await read(`after=${chat.path[1]}`, chat.id))).toEqual([]);
    const newer = await say(ada, chat.id, "newer");
    expect(idsOf(await read(`after=${chat.path[1]}`, chat.id))).toEqual([newer]);
  });

  it("name the siblings of each", async () => {
    const chat = await chatOf(ada, 3);
    const [other = ""] = await grow(chat.id, chat.path[0] ?? null, ["another"], Date.now() + 9_000);
    const { body } = await read("", chat.id);
    expect(body[1]).toMatchObject({ sibling_ids: [chat.path[1], other], sibling_count: 2 });
    expect(body[0].sibling_count).toBe(1);
  });

  it("name at most fifty siblings, but count all", async () => {
    const chat = await chatOf(ada, 1);
    for (let index = 0; index < 60; index++) await grow(chat.id, null, [`root ${index}`]);
    const [message] = (await read("", chat.id)).body;
    expect(message.sibling_ids).toHaveLength(50);
    expect(message.sibling_count).toBe(61);
  });
});

describe("an invalid page request", () => {
  it("is refused when its message is not on the path", async () => {
    const other = await chatOf(ada, 2);
    const eve = await signUp();
    const foreign = await say(eve, await newChat(eve), "Hers");
    const [branch = ""] = await grow(id, path[3] ?? null, ["a branch"]);
    for (const unknown of [other.path[0], foreign, crypto.randomUUID(), "x"]) {
      for (const name of ["before", "after"]) {
        const response = await ada.get(`/chats/${id}/messages?${name}=${unknown}`);
        expectProblem(response, 422, "validation_failed", `?${name}`);
      }
    }
    const beside = await ada.get(`/chats/${id}/messages?after=${branch}`);
    expectProblem(beside, 422, "validation_failed", "?after");
    const crossed = await ada.get(`/chats/${id}/messages?after=${path[6]}&before=${path[2]}`);
    expectProblem(crossed, 422, "validation_failed", "?after");
  });

  it.each([
    ["limit=0", "?limit"],
    ["limit=201", "?limit"],
    ["offset=-1", "?offset"],
    ["offset=x", "?offset"],
  ])("is refused: %s", async (parameters, pointer) => {
    const response = await ada.get(`/chats/${id}/messages?${parameters}`);
    expectProblem(response, 422, "validation_failed", pointer);
  });
});
