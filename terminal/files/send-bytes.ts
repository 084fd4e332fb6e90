/** Sends a file to the bucket, and reports how much has gone: `fetch` would say nothing until the end. */
import { createReadStream } from "node:fs";
import { request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { components } from "../../clients/ts/src/index.ts";

type Upload = components["schemas"]["StartedUpload"]["upload"];

export type Sending = {
  path: string;
  sizeBytes: number;
  onProgress: (sentBytes: number) => void;
  signal: AbortSignal;
};

/** Rejects where the bucket refuses the bytes, or cannot be reached. */
export async function sendBytes(upload: Upload, sending: Sending): Promise<void> {
  const { method, url, headers } = upload;
  const start = new URL(url).protocol === "https:" ? requestHttps : requestHttp;
  const length = { "content-length": sending.sizeBytes };
  const request = start(url, {
    method,
    headers: { ...headers, ...length },
    signal: sending.signal,
  });
  const responded = new Promise<number>((resolve, reject) => {
    request.on("response", (response) => resolve(response.resume().statusCode ?? 0));
    request.on("error", reject);
  });
  // A bucket that refuses early closes the connection: its response says more than the broken pipe.
  const sent = pipeline(createReadStream(sending.path), count(sending.onProgress), request);
  const [status] = await Promise.all([responded, sent.catch(() => responded)]);
  if (status >= 300) throw new Error(`The bucket refused the file with the status ${status}.`);
}

function count(onProgress: (sentBytes: number) => void): Transform {
  let sentBytes = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      sentBytes += chunk.length;
      onProgress(sentBytes);
      done(null, chunk);
    },
  });
}
