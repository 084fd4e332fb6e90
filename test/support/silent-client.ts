/** Clients that read nothing until asked to: others must buffer what they were sent. */
import { get, type IncomingHttpHeaders } from "node:http";
import { connect, type Socket } from "node:net";

/** A socket whose connection is open, and is not read. */
export type SilentSocket = {
  send: (frame: object) => void;
  /** Disconnects, and reads what the server had sent by then: the payloads of its frames together. */
  leave: () => Promise<{ bytes: number; code: number }>;
};

/** Opens a live socket that reads the handshake's response and nothing else. */
export async function openSilently(baseUrl: string, path: string): Promise<SilentSocket> {
  const { hostname, port } = new URL(baseUrl);
  const socket = connect(Number(port), hostname);
  socket.write(
    [
      `GET ${path} HTTP/1.1`,
      `Host: ${hostname}:${port}`,
      "Connection: Upgrade",
      "Upgrade: websocket",
      "Sec-WebSocket-Version: 13",
      `Sec-WebSocket-Key: ${Buffer.from(crypto.randomUUID().slice(0, 16)).toString("base64")}`,
      "\r\n",
    ].join("\r\n"),
  );
  const rest = await readHead(socket);
  return {
    send: (frame) => socket.write(toFrame(JSON.stringify(frame))),
    leave: () => {
      socket.write(CLOSE_FRAME);
      return readFrames(socket, rest);
    },
  };
}

/** Reads up to the end of the headers; returns what came after it. */
async function readHead(socket: Socket): Promise<Buffer> {
  let head = Buffer.alloc(0);
  while (!head.includes("\r\n\r\n")) {
    const piece: Buffer = await new Promise((resolve, reject) => {
      socket.once("data", resolve).once("error", reject);
    });
    head = Buffer.concat([head, piece]);
  }
  socket.pause();
  if (!head.toString("latin1").startsWith("HTTP/1.1 101")) throw new Error(head.toString("latin1"));
  return head.subarray(head.indexOf("\r\n\r\n") + 4);
}

/** A short text frame of a client (RFC 6455 section 5.2), masked with zeros. */
function toFrame(text: string): Buffer {
  const payload = Buffer.from(text);
  if (payload.length > 125) throw new Error("a short frame has 125 bytes at most");
  return Buffer.concat([Buffer.from([0x81, 0x80 | payload.length, 0, 0, 0, 0]), payload]);
}

async function readFrames(socket: Socket, rest: Buffer): Promise<{ bytes: number; code: number }> {
  const pieces: Buffer[] = [rest];
  let end = rest;
  socket.on("data", (piece: Buffer) => {
    pieces.push(piece);
    end = Buffer.concat([end, piece]).subarray(-LONGEST_CLOSE_FRAME);
    if (endsWithClose(end)) socket.destroy();
  });
  await new Promise((resolve) => socket.once("close", resolve).resume());
  return countFrames(Buffer.concat(pieces));
}

const CLOSE_FRAME = Buffer.from([0x88, 0x82, 0, 0, 0, 0, 0x03, 0xe8]);
const LONGEST_CLOSE_FRAME = 127;

/** Nothing else that a server sends here begins with this byte, which is not ASCII. */
function endsWithClose(end: Buffer): boolean {
  const at = end.lastIndexOf(0x88);
  return at >= 0 && end.length === at + 2 + (end[at + 1] ?? 0);
}

function countFrames(all: Buffer): { bytes: number; code: number } {
  let [at, bytes, code] = [0, 0, 0];
  while (at + 2 <= all.length) {
    const short = (all[at + 1] ?? 0) & 0x7f;
    const header = short < 126 ? 2 : short === 126 ? 4 : 10;
    const size =
      short < 126
        ? short
        : short === 126
          ? all.readUInt16BE(at + 2)
          : Number(all.readBigUInt64BE(at + 2));
    if (((all[at] ?? 0) & 0x0f) === 8) code = all.readUInt16BE(at + header);
    else bytes += size;
    at += header + size;
  }
  return { bytes, code };
}

/** A response whose body is not read. */
export type SilentResponse = {
  status: number;
  headers: IncomingHttpHeaders;
  drop: () => void;
};

export function getSilently(url: string, headers: Record<string, string>): Promise<SilentResponse> {
  return new Promise((resolve, reject) => {
    // Each has a connection of its own.
    const asking = get(url, { headers, agent: false }, (response) => {
      const { statusCode: status = 0, headers: given } = response;
      resolve({ status, headers: given, drop: () => asking.destroy() });
    });
    asking.on("error", reject);
  });
}
