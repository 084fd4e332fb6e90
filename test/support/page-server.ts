/** Serves the pages of `test/browser/pages` and `examples` to a browser, under any name of this machine. */
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { basename, extname, join } from "node:path";
import { freePort } from "../../local/ports.ts";

export type PageServer = {
  /** The origin of its pages by this host name. */
  originAt: (host: string) => string;
  close: () => Promise<void>;
};

const PAGES = join(import.meta.dirname, "..", "browser", "pages");
const EXAMPLES = join(import.meta.dirname, "..", "..", "examples");

const TYPES: Record<string, string> = { ".html": "text/html", ".js": "text/javascript" };

/** Starts it on a port of its own. */
export async function startPageServer(): Promise<PageServer> {
  const port = await freePort();
  const server = createServer((request, response) => void serve(request, response));
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return {
    originAt: (host) => `http://${host}:${port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function serve({ url = "/" }: IncomingMessage, response: ServerResponse): Promise<void> {
  const name = basename(new URL(url, "http://localhost").pathname);
  const type = TYPES[extname(name)];
  const content = type && (await readPage(name));
  if (!content) {
    response.writeHead(404).end();
    return;
  }
  response.writeHead(200, { "content-type": `${type}; charset=utf-8` }).end(content);
}

function readPage(name: string): Promise<Buffer | undefined> {
  return readFile(join(PAGES, name))
    .catch(() => readFile(join(EXAMPLES, name)))
    .catch(() => undefined);
}
