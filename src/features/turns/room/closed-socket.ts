/** A socket that is refused. */
import type { Closing } from "../wire/socket.ts";

/** One that closes as soon as it is open: a browser shows the close frame to its page, and no status. */
export function closedSocket({ code, reason }: Closing): WebSocket {
  const { 0: client, 1: server } = new WebSocketPair();
  server.accept();
  server.close(code, reason);
  return client;
}
