import { strFromU8, unzipSync } from "fflate";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newApiKey } from "../../support/api-keys.ts";
import type { SignedIn } from "../../support/client.ts";
import { type OwnWorld, startOwnWorld, WORLD_START_MS } from "../../support/own-world.ts";
import { plantFile } from "../../support/planted-files.ts";
import { until } from "../../support/until.ts";

let world: OwnWorld;
beforeAll(async () => {
  world = await startOwnWorld();
}, WORLD_START_MS);
afterAll(() => world.close());

const download = (of: SignedIn) => of.fetch("/users/me/export");

/** The entries of an export, as text. */
async function entriesOf(of: SignedIn): Promise<Map<string, string>> {
  const response = await download(of);
  expect(response.status).toBe(200);
  expect(response.headers.get("content-type")).toBe("application/zip");
  expect(response.headers.get("content-disposition")).toMatch(/^attachment; .*\.zip/);
  const files = unzipSync(new Uint8Array(await response.arrayBuffer()));
  return new Map(Object.entries(files).map(([name, bytes]) => [name, strFromU8(bytes)]));
}

const linesOf = (text = "") =>
  text
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));

const manifestOf = (entries: Map<string, string>) => {
  expect([...entries.keys()].at(-1)).toBe("manifest.json");
  return JSON.parse(entries.get("manifest.json") ?? "");
};

/** A file with a text of its own, and the bytes "planted". */
async function plantNamed(of: SignedIn, name: string): Promise<string> {
  const id = await plantFile(world, of);
  await world.query("UPDATE files SET original_name = $2, text_length = 7 WHERE id = $1", [
    id,
    name,
  ]);
  return id;
}

async function plantChat(of: SignedIn, title: string, messages: number): Promise<string> {
  const { body } = await of.post("/chats", { title });
  await world.query(
    `INSERT INTO messages (id, chat_id, parent_id, type, content, status, created_at)
     SELECT id, $1::uuid, lag(id) OVER (ORDER BY n), 'user', 'Message ' || n, 'complete', now()
     FROM (SELECT gen_random_uuid() AS id, n FROM generate_series(1, $2::int) AS n) AS planted`,
    [body.id, String(messages)],
  );
  return body.id;
}

describe("an export of an account", () => {
  it("holds everything that it owns, and says at its end that it is complete", async () => {
    const ada = await world.signUp("Ada Ünïcode");
    const chatId = await plantChat(ada, "Lease", 450);
    await ada.post(`/messages`, { chat_id: chatId, type: "user", content: "# Not a heading" });
    const fileId = await plantNamed(ada, "lease.txt");
    const key = await newApiKey(ada, ["read"], { baseUrl: world.worker.url });
    await world.query(
      `INSERT INTO identities (issuer, subject, user_id, created_at)
       VALUES ('https://login.example.com', 'ada', $1::uuid, now())`,
      [ada.user.id],
    );
    const eve = await world.signUp();
    await plantChat(eve, "Not Ada's", 1);
    await newApiKey(eve, ["read"], { baseUrl: world.worker.url });

    const entries = await entriesOf(ada);

    const { body: account } = await ada.get("/users/me");
    expect(account).toMatchObject(JSON.parse(entries.get("account.json") ?? ""));
    const chat = JSON.parse(entries.get(`chats/${chatId} Lease.json`) ?? "");
    expect(chat.messages).toHaveLength(451);
    expect(entries.get(`chats/${chatId} Lease.md`)).toContain("Message 450");
    expect(entries.get(`files/${fileId} lease.txt`)).toBe("planted");
    expect(entries.get(`texts/${fileId} lease.txt.txt`)).toBe("planted");
    expect(linesOf(entries.get("files.jsonl"))).toMatchObject([{ id: fileId }]);
    expect(linesOf(entries.get("sessions.jsonl"))).toHaveLength(1);
    expect(entries.get("usage.jsonl")).toBe("");
    const kinds = linesOf(entries.get("security-events.jsonl")).map(({ kind }) => kind);
    expect(kinds).toEqual(["account_exported", "api_key_created", "signed_in", "account_created"]);
    const keys = linesOf(entries.get("api-keys.jsonl"));
    expect(keys).toMatchObject([{ id: key.id, scopes: ["read"], revoked_at: null }]);
    expect([...entries.values()].join("")).not.toContain(key.key);
    const identities = linesOf(entries.get("identities.jsonl"));
    expect(identities).toMatchObject([{ issuer: "https://login.example.com", subject: "ada" }]);
    expect([...entries.values()].join("")).not.toContain("Not Ada's");
    const complete = { complete: true, error_count: 0, errors: [], entries: entries.size - 1 };
    expect(manifestOf(entries)).toMatchObject({ user_id: ada.user.id, ...complete });
  });

  it("holds nothing secret", async () => {
    const ada = await world.signUp();
    const all = [...(await entriesOf(ada)).values()].join("");
    const [row] = await world.query("SELECT hashed_password FROM users WHERE id = $1", [
      ada.user.id,
    ]);
    expect(row?.hashed_password).toMatch(/^\$argon2id/);
    for (const secret of [
      "argon2",
      row?.hashed_password,
      ada.accessToken,
      ada.refreshToken,
      "salt",
    ]) {
      expect(all).not.toContain(secret);
    }
  });

  it("has names that every file system accepts, each once", async () => {
    const ada = await world.signUp();
    const names = [
      "../../etc/passwd",
      "a\\b:c*.pdf",
      "CON",
      "x".repeat(255),
      "\u202Efdp.exe",
      "same.txt",
      "same.txt",
    ];
    for (const name of names) await plantNamed(ada, name);
    await plantChat(ada, "../up/\u0007bell", 1);
    await plantChat(ada, "字".repeat(200), 1);
    const response = await download(ada);
    const found = Object.keys(unzipSync(new Uint8Array(await response.arrayBuffer())));
    expect(new Set(found.map((name) => name.toLowerCase())).size).toBe(found.length);
    expect(found.filter((name) => name.startsWith("files/"))).toHaveLength(names.length);
    for (const name of found) {
      expect(name).toMatch(/^([a-z]+\/)?[^\\/:*?"<>|\p{Cc}\p{Cf}]+$/u);
      expect(name).not.toContain("/.");
      expect(Buffer.byteLength(name.split("/").at(-1) ?? "")).toBeLessThanOrEqual(255);
    }
  });
});

it("HEAD on an export exports nothing, and records nothing", async () => {
  const ada = await world.signUp();
  const response = await ada.fetch("/users/me/export", { method: "HEAD" });
  expect(response.status).toBe(200);
  expect(response.headers.get("content-type")).toBe("application/zip");
  const { events } = (await ada.get("/auth/events")).body;
  expect(events.map(({ kind }: { kind: string }) => kind)).toEqual([
    "signed_in",
    "account_created",
  ]);
});

describe("an export while something fails", () => {
  it("names each file that the bucket does not have or give, and holds the rest", async () => {
    const ada = await world.signUp();
    const ids = [];
    for (let index = 0; index < 3; index += 1) ids.push(await plantNamed(ada, `${index}.txt`));
    const [lost = "", refused = "", kept = ""] = ids;
    await world.loseObject(`files/${lost}`);
    const fault = { contains: `GET files/${refused}`, times: 1_000, kind: "refuse" } as const;
    const restore = await world.injectBucketFault(fault);
    const entries = await entriesOf(ada);
    await restore();
    const manifest = manifestOf(entries);
    expect(manifest).toMatchObject({ complete: false, error_count: 2 });
    expect(manifest.errors).toEqual(
      expect.arrayContaining([
        { entry: `files/${lost} 0.txt`, reason: "missing_in_storage" },
        { entry: `files/${refused} 1.txt`, reason: "storage_unavailable" },
      ]),
    );
    expect(entries.get(`files/${kept} 2.txt`)).toBe("planted");
    expect(entries.get(`texts/${lost} 0.txt.txt`)).toBe("planted");
  });

  it("breaks off when Postgres does: it never looks whole", async () => {
    const ada = await world.signUp();
    await plantChat(ada, "Lease", 450);
    await world.injectFault({ contains: "p.created_at AS parent_at", times: 4, kind: "refuse" });
    const response = await download(ada);
    await expect(response.arrayBuffer()).rejects.toThrow();
  });

  it("stops with the client that cancels it, and disturbs nothing", async () => {
    const ada = await world.signUp();
    const id = await plantNamed(ada, "long.txt");
    await world.plantObject(`files/${id}`, "A long lease. ".repeat(1_000_000));
    const cancel = new AbortController();
    const response = await ada.fetch("/users/me/export", { signal: cancel.signal });
    const reader = response.body?.getReader();
    for (let read = 0; read < 100_000;)
      read += (await reader?.read())?.value?.byteLength ?? 100_000;
    cancel.abort();
    await until(async () => (await ada.get("/users/me")).status === 200);
    expect(manifestOf(await entriesOf(ada)).complete).toBe(true);
  });
});

it("An export ends with the account: an erased one has none", async () => {
  const ada = await world.signUp();
  await ada.delete("/users/me", { password: ada.password });
  expect((await download(ada)).status).toBe(401);
});
