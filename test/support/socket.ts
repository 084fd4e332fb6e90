/** A live tab: a socket of a chat, and its received frames. */
import { request } from "node:http";
import { type Body, type SignedIn, workerUrl } from "./client.ts";
import { checkAgainstDocument } from "./openapi.ts";
import { until } from "./until.ts";

export type Tab = {
  /** All frames so far, oldest first. */
  frames: Body[];
  send: (frame: unknown) => void;
  /**
   * Sends a ping, as every tab does in time. To a socket that never received anything workerd sends a close
   * frame at once, but closes the connection only when the room hibernates, which tests need not wait for.
   */
  ping: () => Promise<void>;
  /** Resolves once a frame of this type has arrived; returns the frames up to it. */
  until: (type: string) => Promise<Body[]>;
  /** False from the server's close frame on. */
  isOpen: () => boolean;
  /** How it was closed, once the connection is down. */
  closed: Promise<{ code: number; reason: string }>;
  close: () => void;
};

/** A ticket for a chat. */
export async function newTicket(of: SignedIn, chatId: string): Promise<string> {
  return (await of.post("/ws/tickets", { chat_id: chatId })).body.ticket;
}

/** Opens a tab on a chat, with a ticket of its own. */
export async function openTab(of: SignedIn, chatId: string, baseUrl = workerUrl): Promise<Tab> {
  return connect(chatId, await newTicket(of, chatId), baseUrl);
}

/** Opens a socket; rejects where it is refused. */
export async function connect(chatId: string, ticket: string, baseUrl = workerUrl): Promise<Tab> {
  const socket = new WebSocket(
    `${baseUrl.replace("http", "ws")}/chats/${chatId}/ws?ticket=${ticket}`,
  );
  const frames: Body[] = [];
  socket.addEventListener("message", ({ data }) => frames.push(JSON.parse(String(data))));
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.addEventListener("close", ({ code, reason }) => resolve({ code, reason }));
  });
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener("open", () => resolve());
    socket.addEventListener("error", () => reject(new Error("the socket could not be opened")));
  });
  const ping = async () => {
    socket.send('{"type":"ping"}');
    const at = await until(async () => {
      const found = frames.findIndex((frame) => frame.type === "pong");
      return found >= 0 && { found };
    });
    frames.splice(at.found, 1);
  };
  return {
    frames,
    ping,
    send: (frame) => socket.send(toData(frame)),
    until: (type) =>
      until(async () => {
        const found = frames.findIndex((frame) => frame.type === type);
        return found >= 0 && frames.slice(0, found + 1);
      }),
    isOpen: () => socket.readyState === WebSocket.OPEN,
    closed,
    close: () => socket.close(1000),
  };
}

/** Text and bytes are sent unchanged, everything else as JSON. */
function toData(frame: unknown): string | Uint8Array<ArrayBuffer> {
  if (frame instanceof Uint8Array) return frame as Uint8Array<ArrayBuffer>;
  return typeof frame === "string" ? frame : JSON.stringify(frame);
}

/** The response to a WebSocket handshake; a socket that opens is closed at once. */
export async function handshake(
  path: string,
  headers: Record<string, string> = {},
): Promise<{ status: number; headers: Headers; body: Body }> {
  const sent = {
    connection: "Upgrade",
    upgrade: "websocket",
    "sec-websocket-version": "13",
    // Routes of the AI SDK respond with text where nothing asks for JSON.
    accept: "application/json",
    "sec-websocket-key": Buffer.from(crypto.randomUUID().slice(0, 16)).toString("base64"),
    ...headers,
  };
  const received = await new Promise<{ status: number; headers: Headers; body: Body }>(
    (resolve, reject) => {
      const sending = request(workerUrl + path, { headers: sent }, (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (piece) => (text += piece));
        response.on("end", () => {
          const status = response.statusCode ?? 0;
          resolve({ status, headers: toHeaders(response.headers), body: JSON.parse(text) });
        });
      });
      sending.on("upgrade", (response, socket) => {
        socket.destroy();
        resolve({ status: 101, headers: toHeaders(response.headers), body: undefined });
      });
      sending.on("error", reject).end();
    },
  );
  await checkAgainstDocument("GET", path, received);
  return received;
}

function toHeaders(given: NodeJS.Dict<string | string[]>): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(given)) {
    for (const one of [value ?? []].flat()) headers.append(name, one);
  }
  return headers;
}
