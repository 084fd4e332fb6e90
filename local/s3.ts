/**
 * A bucket that speaks Amazon S3's REST API, for one machine without a network: it stores objects on a
 * disk, checks every signature and checksum, and refuses everything else under S3's own names.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_Simple_Storage_Service.html
 */
import { mkdir } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { listen } from "./http-server.ts";
import { type S3Response, failureResponse, sendResponse } from "./s3/answer.ts";
import { S3Control } from "./s3/control.ts";
import { newCredentials } from "./s3/credentials.ts";
import { CrossOrigin } from "./s3/cross-origin.ts";
import { S3Failure } from "./s3/failure.ts";
import { ObjectStore } from "./s3/object-store.ts";
import { operationOf } from "./s3/operations.ts";
import { readRequest, type S3Request } from "./s3/request.ts";
import { authorize, type Credentials } from "./s3/signature.ts";
import { makeFolder } from "./scratch.ts";

/** By default, credentials are random, in the region `us-east-1`. */
export type S3Options = Partial<Credentials> & {
  bucket: string;
  /** The folder of the objects; by default one that is deleted at the end. */
  folder?: string;
  port?: number;
  /** Origins of the pages that may call; any by default. */
  origins?: string[];
  /** Records calls, and accepts faults: for tests. */
  control?: boolean;
  /** Milliseconds since the epoch. */
  now?: () => number;
};

export type LocalS3 = Credentials & {
  bucket: string;
  /** The value for `S3_ENDPOINT`. */
  endpoint: string;
  /** The bearer token of `/_control/`; undefined without a control. */
  controlKey: string | undefined;
  close: () => Promise<void>;
};

/** Starts it on a free port of loopback. */
export async function startS3(given: S3Options): Promise<LocalS3> {
  const options = { ...newCredentials(), ...given };
  const { bucket, accessKeyId, secretAccessKey, region, port, origins = ["*"] } = options;
  const { folder, remove } = await openFolder(options.folder);
  const objects = await ObjectStore.open(folder);
  const control = options.control ? new S3Control(objects) : undefined;
  const crossOrigin = new CrossOrigin(origins);
  const service = new Service(options, crossOrigin, objects, control);
  const server = await listen((request, response) => service.handle(request, response), port, {
    // Amazon's name for the bucket: nobody else can make it resolve to this machine.
    hosts: [`${bucket}.s3.${region}.amazonaws.com`],
    isPageAllowed: (origin) => crossOrigin.isAllowed(origin),
  });
  const [endpoint, controlKey] = [server.origin, control?.key];
  const close = () => server.close().then(remove);
  return { bucket, accessKeyId, secretAccessKey, region, endpoint, controlKey, close };
}

async function openFolder(given: string | undefined) {
  if (given !== undefined) {
    await mkdir(given, { recursive: true });
    return { folder: given, remove: async () => undefined };
  }
  const { path, remove } = await makeFolder("s3");
  return { folder: path, remove };
}

class Service {
  readonly #options: S3Options & Credentials;
  readonly #crossOrigin: CrossOrigin;
  readonly #objects: ObjectStore;
  readonly #control: S3Control | undefined;

  constructor(
    options: S3Options & Credentials,
    crossOrigin: CrossOrigin,
    objects: ObjectStore,
    control: S3Control | undefined,
  ) {
    this.#options = options;
    this.#crossOrigin = crossOrigin;
    this.#objects = objects;
    this.#control = control;
  }

  async handle(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    if (this.#control && (await this.#control.handle(incoming, response))) return;
    const withoutBody = incoming.method === "HEAD";
    if (incoming.method === "OPTIONS") {
      const result = this.#crossOrigin.preflight(incoming.headers);
      return sendResponse(response, result, { withoutBody, isCut: false });
    }
    const fault = this.#control?.record(describe(incoming, this.#options.bucket));
    if (fault && (await this.#control?.before(fault, response))) return;
    const result = await this.#run(incoming);
    if (fault && this.#control?.after(fault, response)) return;
    const headers = { ...result.headers, ...this.#crossOrigin.headersFor(incoming.headers) };
    const isCut = fault?.kind === "cut_midway";
    await sendResponse(response, { ...result, headers }, { withoutBody, isCut });
  }

  async #run(incoming: IncomingMessage): Promise<S3Response> {
    try {
      const { bucket, now = Date.now } = this.#options;
      const request = readRequest(incoming, bucket);
      const authorization = authorize(request, this.#options, now());
      if (request.bucket !== bucket) throw new S3Failure("NoSuchBucket");
      const operation = operationOf(request);
      return await operation({ request, authorization, objects: this.#objects, now });
    } catch (error) {
      const failure = error instanceof S3Failure ? error : new S3Failure("InternalError");
      return failureResponse(failure, incoming.url?.split("?")[0] ?? "/");
    }
  }
}

const OF_SIGNATURES = /^(x-amz-|response-|x-id$)/i;

/** How faults and lists of calls identify a call. */
function describe(incoming: IncomingMessage, bucket: string): string {
  const request = tryToRead(incoming, bucket);
  if (!request) return `${incoming.method}`;
  const pairs = request.query.filter(([name]) => !OF_SIGNATURES.test(name));
  const query = pairs.map(([name, value]) => `${name}=${value}`).join("&");
  return `${request.method} ${request.key}${query && `?${query}`}`;
}

function tryToRead(incoming: IncomingMessage, bucket: string): S3Request | undefined {
  try {
    return readRequest(incoming, bucket);
  } catch {
    return undefined;
  }
}
