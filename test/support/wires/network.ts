/** A network that fails: its connections are cut after some bytes of their responses, the first ones of them. */
import { connect, createServer, type Socket } from "node:net";
import { present } from "../../../src/lib/assert.ts";
import { cutAfter } from "../durable-stream.ts";

export type Network = {
  /** A response is cut with an error. */
  fetch: typeof fetch;
  /** How many bytes of the next connection pass. */
  nextCut: () => number;
  /** True where a connection was to be cut: then whatever failed may have failed of that. */
  wasCut: () => boolean;
  /** A connection has its first response: whoever waits for it is heard by the server. */
  onResponse: () => void;
  /** Resolves once there is a first response. */
  opened: Promise<void>;
};

/** `cuts`: of the first connections; later ones pass whole. */
export function failingNetwork(cuts: readonly number[]): Network {
  const opened = Promise.withResolvers<void>();
  let count = 0;
  const nextCut = () => cuts[count++] ?? Infinity;
  return {
    fetch: async (...request) => {
      const response = await fetch(...request);
      opened.resolve();
      const most = nextCut();
      return response.body ? cutAfter(most, response) : response;
    },
    nextCut,
    onResponse: opened.resolve,
    wasCut: () => count > 0 && count <= cuts.length,
    opened: opened.promise,
  };
}

/** What a reader gets over one connection; undefined where that was cut. */
export async function withinCuts<T>(
  network: Network,
  read: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (!network.wasCut()) throw error;
    return undefined;
  }
}

type Tunnel = AsyncDisposable & { origin: string };

/** A way to a server that cuts every connection, its handshake too, as the network says. */
export async function openTunnel(to: string, network: Network): Promise<Tunnel> {
  const { hostname, port } = new URL(to);
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(Number(port), hostname);
    for (const socket of [near, far]) {
      sockets.add(socket);
      const closeBoth = () => void (near.destroy(), far.destroy());
      socket.on("close", closeBoth).on("error", closeBoth);
    }
    near.pipe(far);
    far.once("data", network.onResponse);
    passBytes(far, near, network.nextCut());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const own = typeof address === "object" ? present(address, "its address").port : port;
  return {
    origin: `http://127.0.0.1:${own}`,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function passBytes(far: Socket, near: Socket, most: number): void {
  let left = most;
  far.on("data", (chunk) => {
    const passed = chunk.subarray(0, left);
    left -= chunk.length;
    // What was written leaves before the connection does.
    near.write(passed, () => left < 0 && near.destroySoon());
  });
}
