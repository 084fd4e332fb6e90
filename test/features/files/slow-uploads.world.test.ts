import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { Readable } from "node:stream";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { at, type SignedIn, signUpWithFiles } from "../../support/client.ts";
import { type FastWorker, startFastWorker } from "../../support/fast-worker.ts";

const RATE = 16 * 1024;

let ada: SignedIn;
let server: FastWorker;
beforeAll(async () => {
  const vars = { BODY_TIMEOUT_MS: "300", LEAST_UPLOAD_RATE: String(RATE) };
  [ada, server] = await Promise.all([signUpWithFiles(), startFastWorker(vars)]);
});
afterAll(() => server.close());

const HEAD = `--x\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n`;
const END = "\r\n--x--\r\n";

/** How a body is sent: the first text at once, and then a piece every `everyMs` milliseconds. */
type Sending = { first: string; more?: Iterable<string>; everyMs?: number };

/** Sends it chunked, or with a declared length; returns the response once the connection is closed. */
async function send(sending: Sending, length?: number, type = "multipart/form-data; boundary=x") {
  const { hostname, port } = new URL(server.url);
  const socket = connect(Number(port), hostname).setEncoding("utf8");
  const framing = length === undefined ? "Transfer-Encoding: chunked" : `Content-Length: ${length}`;
  const head = [
    "POST /files/upload HTTP/1.1",
    `Host: ${hostname}:${port}`,
    `Authorization: Bearer ${ada.accessToken}`,
    `Content-Type: ${type}`,
    framing,
  ];
  socket.write(`${head.join("\r\n")}\r\n\r\n`);
  let response = "";
  socket.on("data", (text) => (response += text));
  // A reset after the response has arrived is an end too.
  socket.on("error", () => undefined);
  const closed = once(socket, "close");
  const sent = write(socket, sending, length === undefined);
  await closed;
  await sent;
  return response;
}

async function write(socket: Socket, { first, more = [], everyMs }: Sending, isChunked: boolean) {
  const write = (text: string) =>
    socket.write(isChunked ? `${text.length.toString(16)}\r\n${text}\r\n` : text);
  if (first !== "") write(first);
  for (const piece of more) {
    await pause(everyMs);
    if (socket.destroyed || !socket.writable) return;
    write(piece);
  }
}

function* drip(): Generator<string> {
  for (;;) yield "x";
}

describe("an upload that is too slow is ended, and its connection closed, when", () => {
  it.each<[string, Sending]>([
    ["it never begins", { first: "" }],
    ["it stops in the headers of its part", { first: HEAD.slice(0, 20) }],
    ["it stops in the middle of the file", { first: HEAD + "x".repeat(2 ** 21) }],
    ["it stops before the closing boundary", { first: `${HEAD}Some text.\r\n--x` }],
    ["it drips", { first: HEAD, more: drip(), everyMs: 100 }],
    [
      "it slows to a trickle after a fast start",
      { first: HEAD + "x".repeat(2 ** 21), more: drip(), everyMs: 50 },
    ],
  ])("%s", async (_how, sending) => {
    for (const length of [undefined, 2 ** 22]) {
      const response = await send(sending, length);
      expect(response).toMatch(/^HTTP\/1\.1 408 /);
      expect(response).toContain('"body_too_slow"');
    }
  });

  it.each<[string, number | undefined, string]>([
    ["it is no form", undefined, "text/plain"],
    ["it is too large", 2 ** 24, "multipart/form-data; boundary=x"],
  ])("%s, of which no byte is used", async (_what, length, type) => {
    const sending = { first: "x", more: drip(), everyMs: 100 };
    expect(await send(sending, length, type)).toMatch(/^HTTP\/1\.1 408 /);
  });
});

it("An upload over a slow link is accepted, although it takes longer than it may stall", async () => {
  // Not a document: that is reported once all of it has arrived.
  const piece = new Uint8Array(RATE / 4);
  const form = async function* () {
    yield new TextEncoder().encode(HEAD);
    for (let count = 0; count < 12; count++) {
      await pause(100);
      yield piece;
    }
    yield new TextEncoder().encode(END);
  };
  const response = await fetch(`${server.url}/files/upload`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${ada.accessToken}`,
      "content-type": "multipart/form-data; boundary=x",
    },
    body: Readable.toWeb(Readable.from(form())),
    duplex: "half",
  } as RequestInit);
  expect(await response.json()).toMatchObject({ code: "unsupported_file" });
});

it("A Worker that ended slow uploads accepts others as before", async () => {
  const slow = Array.from({ length: 20 }, () => send({ first: HEAD + "x".repeat(2 ** 20) }));
  for (const response of await Promise.all(slow)) expect(response).toContain("408 ");
  expect((await at(server.url, ada).get("/files")).status).toBe(200);
});
