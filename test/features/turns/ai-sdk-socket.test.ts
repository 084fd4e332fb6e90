import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import {
  answered,
  type Chunk,
  clientId,
  endOf,
  held,
  load,
  textIn,
  textsOf,
  userMessage,
} from "../../support/ai-sdk.ts";
import { newApiKey } from "../../support/api-keys.ts";
import { type Body, type SignedIn, signUp, workerUrl } from "../../support/client.ts";
import { query } from "../../support/postgres.ts";
import { handshake } from "../../support/socket.ts";
import { until } from "../../support/until.ts";

let ada: SignedIn;
let eve: SignedIn;
beforeAll(async () => {
  [ada, eve] = await Promise.all([signUp(), signUp()]);
});

const PATH = "/ai-sdk/ws";

/** A socket as the transport opens it, with the frames that it has received. */
const connect = (token = ada.accessToken) => open(PATH, ["ai-sdk", `bearer.${token}`]);

async function open(path: string, protocols: string[] = []) {
  const socket = new WebSocket(workerUrl.replace("http", "ws") + path, protocols);
  const frames: Body[] = [];
  socket.addEventListener("message", ({ data }) => frames.push(JSON.parse(String(data))));
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.addEventListener("close", ({ code, reason }) => resolve({ code, reason }));
  });
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener("open", () => resolve());
    socket.addEventListener("error", () => reject(new Error("the socket was refused")));
  });
  onTestFinished(() => socket.close());
  const of = (requestId: string) => frames.filter((frame) => frame.requestId === requestId);
  return {
    socket,
    closed,
    of,
    send: (frame: object) => socket.send(JSON.stringify({ headers: {}, body: {}, ...frame })),
    /** The chunks of a request, once a frame of that type has ended it. */
    ended: async (requestId: string, type = "end"): Promise<Chunk[]> => {
      await until(async () => of(requestId).some((frame) => frame.type === type));
      const chunks = of(requestId).filter((frame) => frame.type === "chunk");
      expect(chunks.map(({ sequence }) => sequence)).toEqual(chunks.map((_, index) => index));
      return chunks.map(({ chunk }) => chunk);
    },
    /** Resolves once the text so far of a request is this. */
    shows: (requestId: string, text: string) =>
      until(async () => textIn(of(requestId).flatMap(({ chunk }) => chunk ?? [])) === text),
  };
}

const sendFrame = (requestId: string, id: string, text: string) => ({
  type: "send",
  requestId,
  id,
  trigger: "submit-message",
  messages: [userMessage(text)],
});

describe("a socket of the AI SDK", () => {
  it("answers in numbered chunks, and goes on with the chat", async () => {
    const tab = await connect();
    const id = clientId();
    tab.send(sendFrame("r1", id, await answered("One ", "two.")));
    const chunks = await tab.ended("r1");
    expect(tab.of("r1")[0]).toEqual({ type: "start", requestId: "r1" });
    expect(textIn(chunks)).toBe("One two.");
    expect(endOf(chunks)).toMatchObject({ status: "complete" });
    const history = await load(ada, id);
    const next = userMessage(await answered("Three."));
    tab.send({ ...sendFrame("r2", id, ""), messages: [...history, next] });
    expect(textIn(await tab.ended("r2"))).toBe("Three.");
    expect(textsOf(await load(ada, id))).toHaveLength(4);
  });

  it("carries many chats at once, each with its own sequence", async () => {
    const tab = await connect();
    const turns = await Promise.all(
      Array.from({ length: 6 }, async (_, index) => ({
        requestId: `r${index}`,
        turn: await held(`${index} `, "done."),
      })),
    );
    for (const { requestId, turn } of turns)
      tab.send(sendFrame(requestId, clientId(), turn.marker));
    for (const { requestId } of turns) await tab.shows(requestId, `${requestId.slice(1)} `);
    for (const { turn } of turns.toReversed()) await turn.finish();
    for (const { requestId } of turns) {
      expect(textIn(await tab.ended(requestId))).toBe(`${requestId.slice(1)} done.`);
    }
  });

  it("does not stop an answer when its request is aborted or the socket is closed, and resumes it from its start", async () => {
    const tab = await connect();
    const id = clientId();
    const turn = await held("Half ", "and whole.");
    tab.send(sendFrame("r1", id, turn.marker));
    await tab.shows("r1", "Half ");
    tab.send({ type: "abort", requestId: "r1" });
    tab.send({ type: "resume", requestId: "r2", id });
    await tab.shows("r2", "Half ");
    tab.socket.close();
    const other = await connect();
    other.send({ type: "resume", requestId: "r1", id });
    await other.shows("r1", "Half ");
    await turn.finish();
    expect(textIn(await other.ended("r1"))).toBe("Half and whole.");
    other.send({ type: "resume", requestId: "r3", id });
    await other.ended("r3", "no-active");
  });

  it("has nothing to resume in a chat that does not exist, or is another user's", async () => {
    const tab = await connect();
    const id = clientId();
    const turn = await held("Half ", "and whole.");
    tab.send(sendFrame("r1", id, turn.marker));
    await tab.shows("r1", "Half ");
    const other = await connect(eve.accessToken);
    for (const [index, named] of [id, clientId(), crypto.randomUUID()].entries()) {
      other.send({ type: "resume", requestId: `r${index}`, id: named });
      expect(await other.ended(`r${index}`, "no-active")).toEqual([]);
    }
    await turn.finish();
  });

  it("says in words why a request is refused, and goes on", async () => {
    const tab = await connect();
    tab.send({ ...sendFrame("r1", clientId(), "x"), messages: [] });
    tab.send({ ...sendFrame("r2", clientId(), "x"), body: { model: "no such model" } });
    await Promise.all([tab.ended("r1", "error"), tab.ended("r2", "error")]);
    expect(tab.of("r2")[0]?.errorText).toContain("This model is not available.");
    tab.send(sendFrame("r3", clientId(), await answered("Yes.")));
    expect(textIn(await tab.ended("r3"))).toBe("Yes.");
  });

  it("closes when the session ends", async () => {
    const person = await signUp();
    const tab = await connect(person.accessToken);
    tab.send(sendFrame("r1", clientId(), await answered("Yes.")));
    await tab.ended("r1");
    await person.post("/auth/logout");
    tab.send(sendFrame("r2", clientId(), "x"));
    expect(await tab.closed).toEqual({ code: 1008, reason: "session ended" });
  });

  it.each([
    ["what is not JSON", "{", 1008],
    ["an unknown type", JSON.stringify({ type: "x", requestId: "r" }), 1008],
    ["a request without a chat", JSON.stringify({ type: "resume", requestId: "r" }), 1008],
    ["bytes", new Uint8Array(4), 1008],
    ["too long a frame", " ".repeat(8 * 1024 * 1024 + 1), 1009],
  ])("closes on %s", async (_what, frame, code) => {
    const tab = await connect();
    tab.socket.send(frame);
    expect((await tab.closed).code).toBe(code);
  });

  it("closes where a client sends too many frames in a second", async () => {
    const tab = await connect();
    for (let index = 0; index < 30; index++) tab.send({ type: "abort", requestId: `r${index}` });
    expect(await tab.closed).toEqual({ code: 1008, reason: "too many frames" });
  });

  it("is refused to a page of another origin, without a sign-in, and to a key that may not chat", async () => {
    const bearer = { "sec-websocket-protocol": `ai-sdk, bearer.${ada.accessToken}` };
    const statusOf = async (headers: Record<string, string>) =>
      (await handshake(PATH, headers)).status;
    expect(await statusOf(bearer)).toBe(101);
    expect(await statusOf({ ...bearer, origin: "https://elsewhere.example" })).toBe(403);
    expect(await statusOf({ ...bearer, origin: "http://localhost:3000" })).toBe(101);
    expect(await statusOf({})).toBe(401);
    expect(await statusOf({ "sec-websocket-protocol": "ai-sdk, bearer.x" })).toBe(401);
    const cookie = `access_token=${ada.accessToken}`;
    expect(await statusOf({ cookie, origin: "http://localhost:3000" })).toBe(101);
    expect(await statusOf({ cookie, origin: "https://elsewhere.example" })).toBe(403);
    const key = await newApiKey(ada, ["read"]);
    expect(await statusOf({ authorization: `Bearer ${key.key}` })).toBe(403);
    const chatKey = await newApiKey(ada, ["chat"]);
    expect(await statusOf({ authorization: `Bearer ${chatKey.key}` })).toBe(101);
  });

  it("is refused as text to a request that is no handshake", async () => {
    const response = await ada.fetch(PATH);
    expect(response.status).toBe(426);
    expect(response.headers.get("x-problem-code")).toBe("upgrade_required");
  });
});

describe("a socket of the AI SDK that a ticket opens", () => {
  const newTicket = async (of: SignedIn, body: object = {}): Promise<string> =>
    (await of.post("/ws/tickets", body)).body.ticket;
  const at = (ticket: string) => `${PATH}?ticket=${ticket}`;

  it("carries all chats of its user, and closes when the session ends", async () => {
    const person = await signUp();
    const tab = await open(at(await newTicket(person)));
    for (const requestId of ["r1", "r2"]) {
      tab.send(sendFrame(requestId, clientId(), await answered("One ", "two.")));
      expect(textIn(await tab.ended(requestId))).toBe("One two.");
    }
    expect((await person.get("/chats")).body.chats).toHaveLength(2);
    await person.post("/auth/logout");
    tab.send(sendFrame("r3", clientId(), "x"));
    expect(await tab.closed).toEqual({ code: 1008, reason: "session ended" });
  });

  it("carries the ticket's chat alone, by the client's id or by ours, where the ticket names one", async () => {
    const [id, other] = [clientId(), clientId()];
    const first = await connect();
    for (const [requestId, named] of [["r1", id] as const, ["r2", other] as const]) {
      first.send(sendFrame(requestId, named, await answered("One.")));
      await first.ended(requestId);
    }
    const [chat] = await query("SELECT id FROM chats WHERE user_id = $1 AND client_id = $2", [
      ada.user.id,
      id,
    ]);
    const chatId = chat?.id;
    const tab = await open(at(await newTicket(ada, { chat_id: chatId })));
    for (const [requestId, named] of [["r1", id] as const, ["r2", chatId] as const]) {
      tab.send({ type: "resume", requestId, id: named });
      await tab.ended(requestId, "no-active");
    }
    for (const [requestId, named] of [["r3", other] as const, ["r4", clientId()] as const]) {
      tab.send({ type: "resume", requestId, id: named });
      tab.send(sendFrame(`${requestId}s`, named, "x"));
      await Promise.all([tab.ended(requestId, "error"), tab.ended(`${requestId}s`, "error")]);
    }
    expect((await ada.get(`/ai-sdk/chat/${other}/messages`)).body).toHaveLength(2);
  });

  it("is opened once by a ticket, of many attempts at once, within a minute and while its session lasts", async () => {
    const statusOf = async (ticket: string) => (await handshake(at(ticket))).status;
    const ticket = await newTicket(ada);
    const statuses = await Promise.all(Array.from({ length: 8 }, () => statusOf(ticket)));
    expect(statuses.filter((status) => status === 101)).toHaveLength(1);
    expect(statuses.filter((status) => status === 401)).toHaveLength(7);
    const late = await newTicket(ada);
    await query(
      "UPDATE chat_sessions SET created_at = created_at - interval '61 s' WHERE user_id = $1 AND used_at IS NULL",
      [ada.user.id],
    );
    expect(await statusOf(late)).toBe(401);
    const person = await signUp();
    const outlived = await newTicket(person);
    await person.post("/auth/logout");
    expect(await statusOf(outlived)).toBe(401);
    for (const unknown of ["", "x", "x".repeat(10_000)]) expect(await statusOf(unknown)).toBe(401);
  });

  it("is kept from pages of other origins, and its ticket opens no chat's own socket", async () => {
    const chatId = (await ada.post("/chats", {})).body.id;
    const ticket = await newTicket(ada);
    expect((await handshake(`/chats/${chatId}/ws?ticket=${ticket}`)).status).toBe(401);
    const origin = "https://elsewhere.example";
    expect((await handshake(at(ticket), { origin })).status).toBe(403);
    expect((await handshake(at(ticket), { origin: "http://localhost:3000" })).status).toBe(101);
  });

  it("is not taken by a request that is no handshake", async () => {
    const ticket = await newTicket(ada);
    expect((await fetch(workerUrl + at(ticket))).status).toBe(426);
    expect((await handshake(at(ticket))).status).toBe(101);
  });
});
