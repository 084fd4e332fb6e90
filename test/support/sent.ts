/** Requests with headers that `fetch` does not send as given: `Host`, `Sec-Fetch-Site`. */
import { request } from "node:http";

export type Sent = {
  url: string;
  method?: string;
  headers?: Record<string, string>;
  body?: string;
};

/** The same request with other headers, or with more. */
export function withHeaders(sent: Sent, headers: Record<string, string>): Sent {
  return { ...sent, headers: { ...sent.headers, ...headers } };
}

/** Sends it on a connection of its own; returns the status of the response. */
export function statusOf({ url, body, ...sent }: Sent): Promise<number | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<number | undefined>();
  const asked = request(url, { ...sent, agent: false }, (response) => {
    response.resume().once("end", () => resolve(response.statusCode));
  });
  asked.once("error", reject).end(body);
  return promise;
}
