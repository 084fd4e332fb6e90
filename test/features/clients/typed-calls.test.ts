import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { hashOfShape, withoutFailures } from "../../../clients/ts/shape.ts";
import { readEvents } from "../../../clients/ts/src/events.ts";
import {
  ApiError,
  ChatClient,
  type SessionOptions,
  type Tokens,
} from "../../../clients/ts/src/index.ts";
import {
  platformUrl,
  type SignedIn,
  signUp,
  signUpWithFiles,
  workerUrl,
} from "../../support/client.ts";
import { readDocument } from "../../support/routes.ts";
import { clientOf, tokensOf, watching } from "../../support/typed-client.ts";

const FOLDER = join(import.meta.dirname, "..", "..", "..", "clients", "ts");
const MOST_BYTES = 6 * 1024;

let ada: SignedIn;
beforeAll(async () => {
  ada = await signUp();
});

const expired = (of: SignedIn): Tokens => ({ ...tokensOf(of), accessToken: "expired" });

/** Where several clients keep tokens, and a lock that lets in one of them at a time. */
function inOnePlace(first: Tokens | undefined): Pick<SessionOptions, "onTokens" | "shared"> {
  let stored = first;
  let last = Promise.resolve();
  const exclusively = (task: () => Promise<void>) => (last = last.then(task));
  return { onTokens: (tokens) => (stored = tokens), shared: { exclusively, read: () => stored } };
}

describe("the types of the client", () => {
  it("are generated from the document as it is: `npm run generate` in clients/ts", async () => {
    const head = await readFile(join(FOLDER, "src", "schema.ts"), "utf8");
    const [, hash] = /^ \* Shape of the document: (\w+)$/m.exec(head) ?? [];
    expect(hash).toBe(hashOfShape(withoutFailures(await readDocument())));
  });

  it("know the parameters, bodies and results of the calls", async () => {
    const client = clientOf(ada);
    const chat = await client.post("/chats", { body: { title: "Leases" } });
    const title: string = chat.title;
    const { chats } = await client.get("/chats", { query: { limit: 1 } });
    expect([title, chats[0]?.id]).toEqual(["Leases", chat.id]);
    const renamed = await client.patch("/chats/{id}", {
      path: { id: chat.id },
      body: { title: "Deposits" },
    });
    expect(renamed.title).toBe("Deposits");
    // @ts-expect-error: no such path.
    await expect(client.get("/chatz")).rejects.toThrow(ApiError);
    // @ts-expect-error: the path has a parameter.
    await expect(client.get("/chats/{id}", {})).rejects.toThrow(ApiError);
    // @ts-expect-error: a title is a text.
    await expect(client.post("/chats", { body: { title: 1 } })).rejects.toThrow(ApiError);
    const upload = new FormData();
    upload.set("file", new File(["A lease."], "lease.txt", { type: "text/plain" }));
    const files = clientOf(await signUpWithFiles(), { baseUrl: platformUrl });
    expect((await files.post("/files/upload", { form: upload })).original_name).toBe("lease.txt");
  });
});

describe("the client", () => {
  it("takes at most 6 KiB of a page, and nothing of Node", async () => {
    const { outputFiles } = await build({
      entryPoints: [join(FOLDER, "src", "index.ts")],
      bundle: true,
      minify: true,
      write: false,
      format: "esm",
      platform: "browser",
      target: "es2022",
    });
    expect(gzipSync(outputFiles[0]?.contents ?? "").length).toBeLessThanOrEqual(MOST_BYTES);
  });

  it("rejects with what the server says", async () => {
    const path = { id: crypto.randomUUID() };
    const error = await clientOf(ada)
      .get("/chats/{id}", { path })
      .catch((error: unknown) => error);
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({ status: 404, code: "not_found" });
    const { fetch: proxy } = watching(
      async () => new Response("<h1>Bad Gateway</h1>", { status: 502, statusText: "Bad Gateway" }),
    );
    await expect(clientOf(ada, { fetch: proxy }).get("/chats")).rejects.toMatchObject({
      status: 502,
      code: "unknown",
    });
  });
});

describe("signing in with the client", () => {
  it("keeps the tokens, and forgets them at the end", async () => {
    const kept: (Tokens | undefined)[] = [];
    const client = new ChatClient({ baseUrl: workerUrl, onTokens: (tokens) => kept.push(tokens) });
    const email = `ada.${crypto.randomUUID()}@example.com`;
    const password = "seven tall lamps";
    const user = await client.signUp({ name: "Ada", email, password });
    expect(user.email).toBe(email);
    await client.signOut();
    expect([client.isSignedIn, kept.at(-1)]).toEqual([false, undefined]);
    await expect(client.get("/users/me")).rejects.toMatchObject({ status: 401 });
    await client.signIn({ email, password });
    expect((await client.get("/users/me")).email).toBe(email);
    const later = new ChatClient({ baseUrl: workerUrl, tokens: kept.at(-1) });
    expect((await later.get("/users/me")).email).toBe(email);
  });

  it("renews tokens once for all calls that are under way", async () => {
    const eve = await signUp();
    const { fetch: counting, seen } = watching();
    const client = clientOf(eve, { tokens: expired(eve), fetch: counting });
    const results = await Promise.all(Array.from({ length: 20 }, () => client.get("/users/me")));
    expect(new Set(results.map(({ id }) => id)).size).toBe(1);
    expect(seen.filter(({ path }) => path === "/auth/refresh")).toHaveLength(1);
  });

  it("renews tokens once for all programs that keep them in one place", async () => {
    const eve = await signUp();
    const { fetch: counting, seen } = watching();
    const tokens = { ...tokensOf(eve), expiresAt: 0 };
    const options = { tokens, fetch: counting, ...inOnePlace(tokens) };
    const clients = Array.from({ length: 5 }, () => clientOf(eve, options));
    const results = await Promise.all(clients.map((client) => client.get("/users/me")));
    expect(new Set(results.map(({ id }) => id)).size).toBe(1);
    expect(seen.filter(({ path }) => path === "/auth/refresh")).toHaveLength(1);
  });

  it("is signed out where another program with the same tokens has signed out", async () => {
    const eve = await signUp();
    const tokens = { ...tokensOf(eve), expiresAt: 0 };
    const { fetch: counting, seen } = watching();
    const client = clientOf(eve, { tokens, fetch: counting, ...inOnePlace(undefined) });
    await expect(client.get("/users/me")).rejects.toMatchObject({ status: 401 });
    expect(client.isSignedIn).toBe(false);
    expect(seen.map(({ path }) => path)).toEqual(["/users/me"]);
  });

  it("renews a token before it expires, and again where the response was lost", async () => {
    const eve = await signUp();
    const { fetch: losing, seen } = watching(async (request, count) => {
      const response = await fetch(request);
      if (count > 1) return response;
      await response.body?.cancel();
      throw new TypeError("connection lost");
    });
    const tokens = { ...tokensOf(eve), expiresAt: Date.now() + 10_000 };
    const client = clientOf(eve, { tokens, fetch: losing });
    await expect(client.get("/users/me")).rejects.toThrow("connection lost");
    expect((await client.get("/users/me")).id).toBe(eve.user.id);
    expect(seen.map(({ path }) => path)).toEqual(["/auth/refresh", "/auth/refresh", "/users/me"]);
  });

  it("is over where the session is: calls are refused, and no tokens are kept", async () => {
    const eve = await signUp();
    await eve.post("/auth/logout");
    const kept: (Tokens | undefined)[] = [];
    const client = clientOf(eve, {
      tokens: expired(eve),
      onTokens: (tokens) => kept.push(tokens),
    });
    const calls = Array.from({ length: 5 }, () => client.get("/users/me"));
    const results = await Promise.allSettled(calls);
    expect(results.map((result) => result.status === "rejected" && result.reason.status)).toEqual(
      results.map(() => 401),
    );
    expect(kept).toEqual([undefined]);
  });
});

describe("the events of a stream", () => {
  const events = Array.from({ length: 6 }, (_, index) => ({
    id: index + 1,
    type: "content_delta" as const,
    content: `é👩🏽‍⚖️\n\r\n${index}`,
  }));
  const textWith = (newline: string) =>
    [
      "\uFEFF: open",
      "",
      ...events.flatMap(({ id, ...event }) => [
        ": keep-alive",
        "",
        `id: ${id}`,
        `event:${event.type}`,
        `data: ${JSON.stringify(event)}`,
        "",
      ]),
      "event: newer",
      "data: not JSON",
      "",
      "id: 99",
      'data: {"type":"cut off"',
    ].join(newline);

  it("are the same with every line break, wherever their bytes are cut", async () => {
    const input = fc.record({
      newline: fc.constantFrom("\n", "\r", "\r\n"),
      sizes: fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 20 }),
    });
    await fc.assert(
      fc.asyncProperty(input, async ({ newline, sizes }) => {
        const bytes = new TextEncoder().encode(textWith(newline));
        let [at, round] = [0, 0];
        const body = new ReadableStream<Uint8Array>({
          pull: (out) => {
            if (at >= bytes.length) return out.close();
            const size = sizes[round++ % sizes.length] ?? 1;
            out.enqueue(bytes.slice(at, (at += size)));
          },
        });
        const read = await Array.fromAsync(readEvents(body, () => undefined));
        expect(read).toEqual(events);
      }),
    );
  });
});
