import { beforeAll, describe, expect, it } from "vitest";
import { newApiKey } from "../support/api-keys.ts";
import { callOperation, nameOf, namesObject, pathWith } from "../support/attack/operations.ts";
import { newChat } from "../support/chats.ts";
import {
  type ApiResponse,
  type Body,
  bearer,
  platformUrl,
  type SignedIn,
  signUpWithFiles,
} from "../support/client.ts";
import { readyFile } from "../support/files.ts";
import { query } from "../support/postgres.ts";
import {
  expectedOfNothing,
  type Operation,
  readDocument,
  readOperations,
} from "../support/routes.ts";
import { sessionIdOf } from "../support/sessions.ts";

const MANY_REQUESTS_MS = 120_000;

/** Names of fields and parameters that hold ids of objects. */
const ID_LIKE = /(^|_)ids?$|^(before|after)$/;

type Objects = Record<"chat" | "message" | "answer" | "file" | "session" | "key" | "user", string>;

let operations: Operation[];
let paths: Record<string, Record<string, Body>>;
let ada: SignedIn;
let eve: SignedIn;
let objects: Objects;
beforeAll(async () => {
  operations = (await readOperations()).filter(({ open }) => !open);
  ({ paths } = await readDocument());
  [ada, eve] = await Promise.all([signUpWithFiles(), signUpWithFiles()]);
  objects = await objectsOf(ada);
});

/** One of each kind. */
async function objectsOf(of: SignedIn): Promise<Objects> {
  const chat = await newChat(of, { title: "Private", auto_title: false });
  const file = (await readyFile(of, "A private text.")).id;
  const { body } = await of.post(`/chats/${chat}/messages`, { content: "A secret" });
  return {
    chat,
    file,
    message: body.user_message.id,
    answer: body.ai_response.id,
    session: sessionIdOf(of),
    key: (await newApiKey(of, ["read"], { baseUrl: platformUrl })).id,
    user: of.user.id,
  };
}

/** What the owner sees of them. */
async function seenBy(of: SignedIn, { chat, file }: Objects): Promise<string> {
  const pathsOfAll = [`/chats/${chat}`, `/files/${file}`, "/auth/sessions", "/auth/keys", "/chats"];
  const responses = await Promise.all(pathsOfAll.map((path) => of.get(path)));
  const rows = await query("SELECT * FROM messages WHERE chat_id = $1 ORDER BY id", [chat]);
  return JSON.stringify([responses.map(({ status, body }) => [status, body]), rows]);
}

/** A response without what describes the request. */
function withoutRequest({ status, body }: ApiResponse): string {
  const { request_id: _request, instance: _instance, ...rest } = body ?? {};
  return JSON.stringify({ status, ...rest });
}

describe("another user's object", () => {
  it(
    "in any path is answered like one that never existed, and stays as it was",
    async () => {
      const before = await seenBy(ada, objects);
      const named = operations.filter(namesObject);
      expect(named.length).toBeGreaterThan(20);
      for (const operation of named) {
        const call = (id: string) => callOperation(eve, operation, pathWith(operation, id));
        const never = withoutRequest(await call(crypto.randomUUID()));
        expect(JSON.parse(never), nameOf(operation)).toMatchObject(expectedOfNothing(operation));
        for (const [kind, id] of Object.entries(objects)) {
          expect(withoutRequest(await call(id)), `${nameOf(operation)} of a ${kind}`).toBe(never);
        }
      }
      expect(await seenBy(ada, objects)).toBe(before);
    },
    MANY_REQUESTS_MS,
  );

  it(
    "is answered alike with an API key of another user",
    async () => {
      const key = await newApiKey(eve, undefined, { baseUrl: platformUrl });
      const client = bearer(key.key, platformUrl);
      for (const operation of operations.filter(namesObject)) {
        const call = (id: string) => callOperation(client, operation, pathWith(operation, id));
        const never = withoutRequest(await call(crypto.randomUUID()));
        for (const id of Object.values(objects)) expect(withoutRequest(await call(id))).toBe(never);
      }
    },
    MANY_REQUESTS_MS,
  );
});

/** A field of a body or a parameter of a query that holds ids. */
type Place = { operation: Operation; name: string; where: "body" | "query"; isList: boolean };

function placesIn(operation: Operation): Place[] {
  const described = paths[operation.path]?.[operation.method.toLowerCase()] ?? {};
  const { parameters = [], requestBody } = described;
  const inQuery = parameters
    .filter(({ in: where }: Body) => where === "query")
    .map(({ name }: Body) => ({ operation, name, where: "query", isList: false }));
  const properties = propertiesOf(requestBody?.content?.["application/json"]?.schema);
  const inBody = Object.keys(properties).map((name) => ({
    operation,
    name,
    where: "body" as const,
    isList: name.endsWith("s"),
  }));
  return [...inQuery, ...inBody].filter(({ name }) => ID_LIKE.test(name));
}

let schemas: Record<string, Body> = {};
beforeAll(async () => {
  schemas = (await readDocument()).components.schemas;
});

function propertiesOf(schema: Body): Record<string, Body> {
  if (!schema) return {};
  if (schema.$ref) return propertiesOf(schemas[schema.$ref.split("/").at(-1) ?? ""]);
  const parts: Body[] = [...(schema.allOf ?? []), ...(schema.anyOf ?? []), ...(schema.oneOf ?? [])];
  return Object.assign({}, schema.properties, ...parts.map(propertiesOf));
}

/** The caller's own object that the path names, by the first word of the path. */
function ownPath(operation: Operation, own: Objects): string {
  const kind = operation.path.split("/")[1]?.replace(/s$/, "") ?? "";
  return pathWith(operation, Object.entries(own).find(([of]) => of === kind)?.[1] ?? "");
}

/** A call about the caller's own objects, but for this id in the place. */
function callWith({ operation, name, where, isList }: Place, id: string, own: Objects) {
  const path = ownPath(operation, own);
  if (where === "query") return eve.get(`${path}?q=secret&${name}=${id}`);
  const ownChat = operation.body?.chat_id === undefined ? {} : { chat_id: own.chat };
  const body = { ...operation.body, ...ownChat, [name]: isList ? [id] : id };
  return callOperation(eve, { ...operation, body }, path);
}

/** Each is the name of a chat of the caller alone: what is sent begins that chat, and streams its answer. */
const MADE_BY_THE_CLIENT = new Set(["POST /ai-sdk/chat id", "POST /ai-sdk/workflow id"]);

describe("another user's id", () => {
  it(
    "in any field or parameter is answered like one that never existed, and stays as it was",
    async () => {
      const before = await seenBy(ada, objects);
      const places = operations.flatMap(placesIn);
      const names = places.map(({ operation, name }) => `${nameOf(operation)} ${name}`);
      expect(names).toContain("POST /chat file_ids");
      expect(names.length).toBeGreaterThan(14);
      const own = await objectsOf(eve);
      for (const place of places) {
        const { name, operation } = place;
        const field = `${nameOf(operation)} ${name}`;
        const seen = MADE_BY_THE_CLIENT.has(field)
          ? ({ status }: ApiResponse) => String(status)
          : withoutRequest;
        const never = seen(await callWith(place, crypto.randomUUID(), own));
        for (const [kind, id] of Object.entries(objects)) {
          expect(seen(await callWith(place, id, own)), `${field}: a ${kind}`).toBe(never);
        }
      }
      expect(await seenBy(ada, objects)).toBe(before);
    },
    MANY_REQUESTS_MS,
  );
});
