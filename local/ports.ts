/** Ports of this machine. */
import { createServer } from "node:net";

const DEFAULT_PORT = 8_787;

/** The port that `PORT` names. Throws a readable message when it is invalid. */
export function readPort(text: string | undefined): number {
  const port = Number(text || DEFAULT_PORT);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new Error(`PORT is not a port number: ${text}`);
}

/** Throws a readable message when the port is in use. */
export async function requireFreePort(port: number): Promise<void> {
  for (const host of ["127.0.0.1", "::1"]) {
    const code = await failureToListen(port, host);
    if (code === "EADDRINUSE") {
      throw new Error(
        `Port ${port} is in use. Stop the process that listens there, or choose another port: PORT=8788 npm run dev`,
      );
    }
    if (code === "EACCES") {
      throw new Error(`Port ${port} is not allowed for this user. Set PORT to one above 1023.`);
    }
  }
}

/** Other failures are not about the port: a machine without IPv6 has no such address. */
function failureToListen(port: number, host: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", (error: NodeJS.ErrnoException) => resolve(error.code));
    probe.listen(port, host, () => probe.close(() => resolve(undefined)));
  });
}

/** A port that was free a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      const port = typeof address === "object" && address ? address.port : 0;
      probe.close(() => resolve(port));
    });
  });
}
