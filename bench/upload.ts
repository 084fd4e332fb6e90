/**
 * `npm run bench:upload`: the memory of the Worker's process during uploads, by each of the two ways. It
 * has no queue here, so that nothing is ingested meanwhile.
 */
import { createHash } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { startScript, stopAll } from "./processes.ts";
import { type Product, startProduct, varsOf } from "./product.ts";
import { say } from "./report.ts";

const MIB = 1024 * 1024;
const SAMPLE_MS = 5;

type S3 = { endpoint: string; bucket: string; accessKeyId: string; secretAccessKey: string };

async function main(): Promise<void> {
  const provider = await startScript<{ url: string }>("provider.ts");
  const neon = await startScript<{ url: string; connectionString: string }>("neon.ts");
  const s3 = await startScript<S3>("s3.ts");
  const product = await startProduct({
    ...varsOf(neon, provider),
    S3_ENDPOINT: s3.endpoint,
    S3_BUCKET_NAME: s3.bucket,
    AWS_ACCESS_KEY_ID: s3.accessKeyId,
    AWS_SECRET_ACCESS_KEY: s3.secretAccessKey,
  });
  await sendSigned(product, textOf(1));
  say("| upload | size, MiB | s | process before, MiB | peak, MiB |");
  say("|---|---|---|---|---|");
  await measure(product, "signed, straight to the bucket", 50, sendSigned);
  await measure(product, "through the Worker", 10, sendThrough);
}

async function measure(
  product: Product,
  way: string,
  size: number,
  send: (product: Product, bytes: Buffer<ArrayBuffer>) => Promise<void>,
): Promise<void> {
  const bytes = textOf(size);
  const before = product.memoryMiB() ?? 0;
  const start = performance.now();
  const sent = send(product, bytes).then(() => true);
  let highest = before;
  while (!(await Promise.race([sent, delay(SAMPLE_MS, false)]))) {
    highest = Math.max(highest, product.memoryMiB() ?? 0);
  }
  const seconds = (performance.now() - start) / 1000;
  const cells = [way, size, seconds.toFixed(1), before.toFixed(0), highest.toFixed(0)];
  say(`| ${cells.join(" | ")} |`);
}

function textOf(size: number): Buffer<ArrayBuffer> {
  return Buffer.alloc(size * MIB, "The parties agree on what follows.\n");
}

async function sendSigned({ url, headers }: Product, bytes: Buffer<ArrayBuffer>): Promise<void> {
  const announced = {
    original_name: "long.txt",
    content_type: "text/plain",
    file_size: bytes.byteLength,
    sha256: createHash("sha256").update(bytes).digest("hex"),
  };
  const init = { method: "POST", headers, body: JSON.stringify(announced) };
  const { file, upload } = JSON.parse(await expectOk(await fetch(`${url}/files`, init)));
  const put = { method: upload.method, headers: upload.headers, body: bytes };
  await expectOk(await fetch(upload.url, put));
  const complete = `${url}/files/${file.id}/complete`;
  await expectOk(await fetch(complete, { method: "POST", headers }));
}

async function sendThrough({ url, headers }: Product, bytes: Buffer<ArrayBuffer>): Promise<void> {
  const body = new FormData();
  body.append("file", new Blob([bytes]), "long.txt");
  const { authorization = "" } = headers;
  await expectOk(
    await fetch(`${url}/files/upload`, { method: "POST", headers: { authorization }, body }),
  );
}

async function expectOk(response: Response): Promise<string> {
  const text = await response.text();
  if (!response.ok) throw new Error(`${response.status} ${text}`);
  return text;
}

try {
  await main();
} finally {
  await stopAll();
}
