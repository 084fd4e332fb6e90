/** Ports of this machine. */
import { createServer } from "node:net";

const DEFAULT_PORT = 8_787;

/** The port that `PORT` names. Throws a sentence for a person when it names none. */
export function readPort(text: string | undefined): number {
  const port = Number(text || DEFAULT_PORT);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new Error(`PORT is not a port number: ${text}`);
}

/** Throws a sentence for a person when somebody else listens there. */
export async function requireFreePort(port: number): Promise<void> {
  for (const host of ["127.0.0.1", "::1"]) {
    const code = await failureToListen(port, host);
    if (code === "EADDRINUSE") {
      throw new Error(
        `Port ${port} is taken. Stop what listens there, or choose another: PORT=8788 npm run dev`,
      );
    }
    if (code === "EACCES") {
      throw new Error(`Port ${port} is not open to this user. Choose one above 1023 in PORT.`);
    }
  }
}

/** Other failures are not the port's: a machine without IPv6 has no such address. */
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
