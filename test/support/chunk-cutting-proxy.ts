/** Serves pages, passes all other requests on to a server, and cuts the streams of responses when a test says so. */
import { once } from "node:events";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import { freePort } from "../../local/ports.ts";

export type ChunkCuttingProxy = {
  url: string;
  /** Cuts the connection of the next stream that answers a POST, after this many chunks. */
  cutNext: (afterChunks: number) => void;
  /** Serves this content at a path from now on. */
  serve: (path: string, contentType: string, content: string) => void;
  close: () => Promise<void>;
};

export async function startChunkCuttingProxy(target: string): Promise<ChunkCuttingProxy> {
  let cutAfter: number | undefined;
  const pages = new Map<string, { contentType: string; content: string }>();
  const server = createServer((incoming, response) => {
    const page = pages.get((incoming.url ?? "").replace(/\?.*/, ""));
    if (page) {
      response.writeHead(200, { "content-type": page.contentType }).end(page.content);
      return;
    }
    const isPost = incoming.method === "POST";
    forward(target, incoming, response, (stream) => {
      const after = isPost ? cutAfter : undefined;
      if (isPost) cutAfter = undefined;
      passOn(stream, response, after);
    });
  });
  const port = await freePort();
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://localhost:${port}`,
    serve: (path, contentType, content) => void pages.set(path, { contentType, content }),
    cutNext: (afterChunks) => void (cutAfter = afterChunks),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function forward(
  target: string,
  incoming: IncomingMessage,
  response: ServerResponse,
  onStream: (stream: IncomingMessage) => void,
): void {
  const { method, url = "/", headers } = incoming;
  const outgoing = request(new URL(url, target), { method, headers }, (answer) => {
    const isStream = answer.headers["content-type"]?.startsWith("text/event-stream");
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    if (isStream) onStream(answer);
    else answer.pipe(response);
  });
  outgoing.on("error", () => response.destroy());
  response.on("close", () => outgoing.destroy());
  incoming.pipe(outgoing);
}

/** Whole chunks only: what follows the last one that passes is lost with the connection. */
function passOn(stream: IncomingMessage, response: ServerResponse, after = Infinity): void {
  let left = after;
  let rest = "";
  stream.setEncoding("utf8").on("data", (piece: string) => {
    const blocks = (rest + piece).split("\n\n");
    rest = blocks.pop() ?? "";
    for (const block of blocks) {
      if (left <= 0) break;
      response.write(`${block}\n\n`);
      if (block.startsWith("data: ")) left--;
    }
    // A moment later, or the socket is reset before what was written has left.
    if (left <= 0) setTimeout(() => response.destroy(), 50);
  });
  stream.on("end", () => left > 0 && response.end(rest));
  stream.on("error", () => response.destroy());
}
