/** The bucket: whether the key may do what the product does, and what its rules say. */
import { createHash, randomUUID } from "node:crypto";
import { createStorageClient, type StorageClient } from "../../src/clients/storage.ts";
import type { Settings } from "../settings.ts";
import { broken, doubtful, type Finding, off, ok } from "./finding.ts";
import { codeOf, signedGet } from "./signed.ts";

const PART = "bucket";
const NEEDED = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "S3_BUCKET_NAME"];
const TIMEOUT_MS = 10_000;
/** Outside of the prefix that the product sweeps: the doctor deletes its own objects. */
const PREFIX = "doctor/";

/** Stores one small object, reads it, and deletes it. */
export async function checkBucket(
  settings: Settings,
  origins: readonly string[],
): Promise<Finding[]> {
  const missing = NEEDED.filter((name) => settings[name] === undefined);
  if (missing.length === NEEDED.length) {
    return [off(PART, "None is configured: everything except files works.")];
  }
  if (missing.length > 0) {
    return [
      broken(
        PART,
        `${missing.join(", ")} is missing.`,
        "Set the key, its secret and the name of the bucket.",
      ),
    ];
  }
  const storage = createStorageClient(settings);
  const objects = await checkObjects(storage);
  if (objects.state !== "ok") return [objects];
  const cors = await Promise.all(
    origins.map((origin) => checkCors(storage, origin.replace(/\*$/, "3000"))),
  );
  return [objects, ...(cors.length > 0 ? cors : [NO_PAGES]), await checkLifecycle(settings)];
}

const NO_PAGES = off("CORS", "ALLOWED_ORIGINS is not set: no page uploads to the bucket.");

async function checkObjects(storage: StorageClient): Promise<Finding> {
  const key = PREFIX + randomUUID();
  const bytes = new TextEncoder().encode(key);
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const steps: [string, () => Promise<unknown>][] = [
    ["PutObject", () => storage.put(key, bytes, { contentType: "text/plain", sha256 })],
    ["GetObject", () => readBack(storage, key)],
    ["ListBucket", () => storage.list(PREFIX, undefined)],
    ["DeleteObject", () => storage.delete(key)],
  ];
  for (const [right, step] of steps) {
    const error: unknown = await step().then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    if (error === undefined) continue;
    if (right !== "PutObject") await storage.delete(key).catch(() => undefined);
    return refused(right, error);
  }
  return ok(PART, "It stores, reads, lists and deletes objects.");
}

async function readBack(storage: StorageClient, key: string): Promise<void> {
  const found = await storage.get(key);
  if (!found || (await new Response(found.body).text()) !== key) throw new Error("not as stored");
}

/** By S3's own codes. */
const MENDS: Record<string, string> = {
  InvalidAccessKeyId:
    "The service does not know AWS_ACCESS_KEY_ID: create a key, and check S3_ENDPOINT.",
  SignatureDoesNotMatch:
    "AWS_SECRET_ACCESS_KEY does not belong to the key, or AWS_REGION is wrong.",
  AuthorizationHeaderMalformed: "AWS_REGION is not the region of the bucket.",
  NoSuchBucket: "Create the bucket, or correct S3_BUCKET_NAME.",
  RequestTimeTooSkewed: "Set the clock of this machine.",
};

function refused(right: string, error: unknown): Finding {
  const { status, code } = refusalOf(error);
  if (status === undefined) {
    return broken(
      PART,
      `It cannot be reached (${right}).`,
      "Check S3_ENDPOINT, AWS_REGION and S3_BUCKET_NAME, which make the address.",
    );
  }
  const mend = MENDS[code ?? ""] ?? `Allow the key ${right} on the bucket and on its objects.`;
  return broken(PART, `${right} is refused: ${status} ${code ?? ""}`.trimEnd() + ".", mend);
}

/** The refusal is the cause of the product's own error. */
function refusalOf(error: unknown): { status?: number; code?: string } {
  const cause: unknown = error instanceof Error ? error.cause : undefined;
  if (!(cause instanceof Error)) return {};
  const { status, code } = cause as { status?: unknown; code?: unknown };
  if (typeof status !== "number") return {};
  return typeof code === "string" ? { status, code } : { status };
}

/** Asks as a browser does before it sends a file. */
async function checkCors(storage: StorageClient, origin: string): Promise<Finding> {
  const object = { contentType: "text/plain", sha256: "0".repeat(64), size: 1 };
  const { url, headers } = await storage.presignPut(`${PREFIX}preflight`, object, 60);
  const asked = {
    origin,
    "access-control-request-method": "PUT",
    "access-control-request-headers": Object.keys(headers).join(","),
  };
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const response = await fetch(url, { method: "OPTIONS", headers: asked, signal }).catch(
    () => undefined,
  );
  const allowed = response?.headers.get("access-control-allow-origin") ?? "";
  if (response?.ok && ["*", origin].includes(allowed)) {
    return ok("CORS", `Pages of ${origin} may upload.`);
  }
  return doubtful(
    "CORS",
    `Pages of ${origin} may not upload to the bucket.`,
    "Add a CORS rule with that origin, the methods GET, HEAD and PUT, and any header.",
  );
}

/** Whether unfinished multipart uploads are cleaned up; a key of the product need not be able to read it. */
export async function checkLifecycle(settings: Settings): Promise<Finding> {
  const address = new URL(await createStorageClient(settings).presignGet("", NO_RESPONSE, 60));
  const url = `${address.origin}${address.pathname}?lifecycle`;
  const response = await signedGet(settings, "s3", url).catch(() => undefined);
  if (response?.status === 200 && response.text.includes("AbortIncompleteMultipartUpload")) {
    return ok("lifecycle", "Unfinished multipart uploads are aborted.");
  }
  const isAbsent =
    response?.status === 200 || (response && codeOf(response) === "NoSuchLifecycleConfiguration");
  const says = isAbsent
    ? "No rule aborts unfinished multipart uploads."
    : "The rules cannot be read with this key, which does not need that right.";
  return isAbsent
    ? doubtful("lifecycle", says, "Add the rule of docs/deployment.md.")
    : off("lifecycle", says);
}

const NO_RESPONSE = { contentType: "text/plain", disposition: "inline" };
