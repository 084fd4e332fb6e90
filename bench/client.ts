/** The client of the bench: light, so that it does not measure itself. */
import { Agent, type OutgoingHttpHeaders, request } from "node:http";

const agent = new Agent({ keepAlive: true, maxSockets: 1_000 });

/** Tokens in an answer of the provider. */
const TOKENS = 50;

/** A timestamp of the provider: milliseconds since the epoch, with three decimals. */
const STAMP = /(\d{13}\.\d{3}) /g;

export type Target = { url: string; headers: OutgoingHttpHeaders; body: string };

/** What an answer of ours reports in its `timings`. */
const OVERHEAD = /"overhead_ms":(\d+)/;

/** Times in milliseconds. `overheadMs`: as the answer reports it; NaN where it reports none. */
export type StreamTimes = { firstTokenMs: number; overheadMs: number; tokenDelaysMs: number[] };

export const now = () => performance.timeOrigin + performance.now();

/** Reads one stream to its end. */
export function readStream({ url, headers, body }: Target): Promise<StreamTimes> {
  const startedAt = now();
  const tokenDelaysMs: number[] = [];
  let [firstTokenMs, overheadMs] = [Number.NaN, Number.NaN];
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: "POST", agent, headers }, (response) => {
      response.setEncoding("utf8");
      response.on("data", (text: string) => {
        const arrivedAt = now();
        const [, overhead] = OVERHEAD.exec(text) ?? [];
        if (overhead !== undefined) overheadMs = Number(overhead);
        for (const [, stamp] of text.matchAll(STAMP)) {
          // The last event repeats the whole answer.
          if (tokenDelaysMs.length === TOKENS) break;
          if (Number.isNaN(firstTokenMs)) firstTokenMs = arrivedAt - startedAt;
          tokenDelaysMs.push(arrivedAt - Number(stamp));
        }
      });
      response.on("error", reject);
      response.on("end", () => resolve({ firstTokenMs, overheadMs, tokenDelaysMs }));
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

/** Reads one stream to its end; returns the number of deltas. */
export function countDeltas({ url, headers, body }: Target): Promise<number> {
  let count = 0;
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: "POST", agent, headers }, (response) => {
      response.setEncoding("utf8");
      response.on(
        "data",
        (text: string) => (count += text.split("event: content_delta").length - 1),
      );
      response.on("error", reject);
      response.on("end", () => resolve(count));
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

/** Opens a stream and waits for the first delta, or for another text; returns how to close it. */
export function openStream(
  { url, headers, body }: Omit<Target, "body"> & { body?: string },
  first = "content_delta",
) {
  return new Promise<() => void>((resolve, reject) => {
    const method = body === undefined ? "GET" : "POST";
    const sent = request(url, { method, agent, headers }, (response) => {
      response.setEncoding("utf8");
      response.on("data", (text: string) => {
        if (text.includes(first)) resolve(() => sent.destroy());
      });
      response.on("error", () => {});
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

/** One call; returns its response. */
export function call(
  method: string,
  url: string,
  headers: OutgoingHttpHeaders,
  body?: string,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, agent, headers }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (piece: string) => (text += piece));
      response.on("error", reject);
      response.on("end", () => resolve(text));
    });
    sent.on("error", reject);
    sent.end(body);
  });
}
