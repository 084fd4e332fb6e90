/** A proxy before an upstream that injects the faults of a plan. */
import {
  Agent,
  type IncomingMessage,
  request as openRequest,
  type ServerResponse,
} from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { listen, readText, sendJson } from "../../../local/http-server.ts";
import { failure } from "../../../local/neon-failures.ts";
import type { Fault } from "./fault.ts";

/** The fault of a request, if any: the first request is number 1. */
export type Plan = (number: number, body: string) => Fault | undefined;

export type FaultProxy = {
  origin: string;
  /** Requests whose body contains the marker follow the plan; returns how to end that. */
  plan: (marker: string, plan: Plan) => () => void;
  close: () => Promise<void>;
};

type Entry = { plan: Plan; seen: number };

/** A request that has arrived completely. */
type Arrived = { url: URL; request: IncomingMessage; body: string; response: ServerResponse };

export async function startFaultProxy(upstream: string): Promise<FaultProxy> {
  const entries = new Map<string, Entry>();
  const agent = new Agent({ keepAlive: true });
  const server = await listen(async (request, response) => {
    const body = await readText(request);
    const arrived = { url: new URL(request.url ?? "/", upstream), request, body, response };
    await pass(arrived, agent, takeFault(entries, body));
  });
  return {
    origin: server.origin,
    plan: (marker, plan) => {
      const entry = { plan, seen: 0 };
      entries.set(marker, entry);
      return () => void (entries.get(marker) === entry && entries.delete(marker));
    },
    close: async () => {
      agent.destroy();
      await server.close();
    },
  };
}

function takeFault(entries: Map<string, Entry>, body: string): Fault | undefined {
  for (const [marker, entry] of entries) {
    if (body.includes(marker)) return entry.plan(++entry.seen, body);
  }
  return undefined;
}

async function pass(arrived: Arrived, agent: Agent, fault: Fault | undefined): Promise<void> {
  const { response } = arrived;
  if (fault?.kind === "stall" || fault?.kind === "delay") await delay(fault.ms);
  if (fault?.kind === "refuse" || fault?.kind === "stall") {
    response.destroy();
    return;
  }
  if (fault?.kind === "status") {
    sendJson(response, fault.status, { message: "a message of the proxy" });
    return;
  }
  if (fault?.kind === "sql_error" && !fault.isDone) {
    sendSqlError(response, fault);
    return;
  }
  if (fault?.kind === "duplicate") await drain(await forward(arrived, agent));
  await answer(await forward(arrived, agent), response, fault);
}

/** Forwards it. The upstream's connection is closed when the client has gone. */
function forward({ url, request, body, response }: Arrived, agent: Agent) {
  return new Promise<IncomingMessage>((resolve, reject) => {
    const { host: _host, connection: _connection, ...headers } = request.headers;
    const options = { method: request.method, headers, agent };
    const sent = openRequest(url, options, resolve).once("error", reject);
    response.once("close", () => response.writableFinished || sent.destroy());
    sent.end(body);
  });
}

async function drain(from: IncomingMessage): Promise<void> {
  for await (const _chunk of from);
}

async function answer(
  from: IncomingMessage,
  response: ServerResponse,
  fault: Fault | undefined,
): Promise<void> {
  if (fault?.kind === "sql_error") {
    await drain(from);
    sendSqlError(response, fault);
    return;
  }
  if (fault?.kind === "swallow") {
    await drain(from);
    fault.onDone?.();
    response.destroy();
    return;
  }
  response.writeHead(from.statusCode ?? 502, from.headers);
  response.flushHeaders();
  let sent = 0;
  for await (const chunk of from as AsyncIterable<Buffer>) {
    if (fault?.kind === "cut" && sent + chunk.length > fault.afterBytes) {
      return cut(response, chunk.subarray(0, fault.afterBytes - sent));
    }
    if (fault?.kind === "corrupt") corrupt(chunk, fault.atByte - sent);
    response.write(chunk);
    sent += chunk.length;
  }
  response.end();
}

function sendSqlError(
  response: ServerResponse,
  { status, code }: Extract<Fault, { kind: "sql_error" }>,
): void {
  const { text } = failure(status, "an injected error", { code });
  response.writeHead(status, { "content-type": "application/json" }).end(text);
}

/** Closes the connection after flushing what was written. */
function cut(response: ServerResponse, last: Buffer): void {
  response.write(last);
  response.socket?.destroySoon();
}

/** JSON never contains a NUL, so that what is left cannot pass as a response. */
function corrupt(chunk: Buffer, offset: number): void {
  if (offset >= 0 && offset < chunk.length) chunk[offset] = 0;
}
