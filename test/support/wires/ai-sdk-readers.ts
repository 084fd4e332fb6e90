/** Readers of a turn over the wires of the AI SDK, each as a transport of the package resumes. */
import { expect } from "vitest";
import { type Chunk, textIn, toChunks } from "../ai-sdk.ts";
import type { Body } from "../client.ts";
import { readBytes } from "../faults/stream-reader.ts";
import { until } from "../until.ts";
import { type Network, openTunnel, withinCuts } from "./network.ts";
import type { Reader, SharedTurn } from "./turn.ts";

/** The chunks of a response that have arrived whole, and whether its end has. */
async function readChunks(response: Response): Promise<{ chunks: Chunk[]; isWhole: boolean }> {
  expect(response.status).toBe(200);
  const pieces: Uint8Array[] = [];
  await readBytes(response, Infinity, pieces);
  const text = new TextDecoder().decode(Buffer.concat(pieces));
  const whole = text.slice(0, text.lastIndexOf("\n\n") + 2);
  return { chunks: toChunks(whole), isWhole: whole.endsWith("data: [DONE]\n\n") };
}

function resume({ of, baseUrl }: SharedTurn, network: Network, path: string): Promise<Response> {
  const headers = { authorization: `Bearer ${of.accessToken}`, accept: "*/*" };
  return network.fetch(`${baseUrl}/ai-sdk${path}`, { headers });
}

/** The transport for workflows, resumed at the number of the next chunk. */
export const readWorkflow: Reader = async (turn, network) => {
  const seen: Chunk[] = [];
  for (let isOver = false; !isOver;) {
    const path = `/workflow/${turn.answerId}/stream?startIndex=${seen.length}`;
    const { chunks, isWhole } = await readChunks(await resume(turn, network, path));
    seen.push(...chunks);
    isOver = isWhole;
  }
  return textIn(seen);
};

/** The default transport, which reads a running answer from its start; one that has ended is loaded. */
export const readChat: Reader = async (turn, network) => {
  for (;;) {
    const response = await resume(turn, network, `/chat/${turn.chatId}/stream`);
    if (response.status === 204) return loadText(turn);
    const { chunks, isWhole } = await readChunks(response);
    if (isWhole) return textIn(chunks);
  }
};

async function loadText({ of, baseUrl, chatId }: SharedTurn): Promise<string> {
  const response = await fetch(`${baseUrl}/ai-sdk/chat/${chatId}/messages`, {
    headers: { authorization: `Bearer ${of.accessToken}` },
  });
  const messages: Body[] = await response.json();
  const { parts } = messages.at(-1);
  return parts.flatMap((part: Body) => (part.type === "text" ? part.text : [])).join("");
}

/** The transport over one socket, which resumes as the default one does. */
export const readChatSocket: Reader = async (turn, network) => {
  await using tunnel = await openTunnel(turn.baseUrl, network);
  for (;;) {
    const text = await withinCuts(network, () => readOverSocket(turn, tunnel.origin));
    if (text !== undefined) return text;
  }
};

/** Undefined where the socket is cut. */
async function readOverSocket(turn: SharedTurn, origin: string): Promise<string | undefined> {
  const protocols = ["ai-sdk", `bearer.${turn.of.accessToken}`];
  const socket = new WebSocket(`${origin.replace("http", "ws")}/ai-sdk/ws`, protocols);
  const frames: Body[] = [];
  let isClosed = false;
  socket.addEventListener("message", ({ data }) => frames.push(JSON.parse(String(data))));
  socket.addEventListener("close", () => (isClosed = true));
  socket.addEventListener("error", () => (isClosed = true));
  const request = { type: "resume", requestId: "r", id: turn.chatId, headers: {}, body: {} };
  socket.addEventListener("open", () => socket.send(JSON.stringify(request)));
  const ends = new Set(["end", "no-active", "error"]);
  await until(async () => isClosed || ends.has(frames.at(-1)?.type));
  socket.close();
  const last = frames.at(-1)?.type;
  if (last === "no-active") return loadText(turn);
  return last === "end" ? textIn(frames.flatMap(({ chunk }) => chunk ?? [])) : undefined;
}
