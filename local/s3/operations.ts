/** Maps a request to its operation. */
import type { S3Response } from "./answer.ts";
import type { Context } from "./context.ts";
import { S3Failure } from "./failure.ts";
import { deleteObjects, listObjects } from "./lists.ts";
import {
  bucketLocation,
  deleteObject,
  getObject,
  headBucket,
  headObject,
  putObject,
} from "./objects.ts";
import type { S3Request } from "./request.ts";

type Operation = (context: Context) => Promise<S3Response>;

/** By method, resource and the distinguishing parameter. */
const OPERATIONS: Record<string, Operation> = {
  "HEAD bucket": headBucket,
  "GET bucket list-type": listObjects,
  "GET bucket location": bucketLocation,
  "POST bucket delete": deleteObjects,
  "PUT object": putObject,
  "GET object": getObject,
  "HEAD object": headObject,
  "DELETE object": deleteObject,
};

/** Parameters that select another operation, supported here or not: none of them is ever ignored. */
const SUBRESOURCES = new Set(
  `list-type uploads location delete uploadId acl accelerate analytics append attributes cors
  encryption intelligent-tiering inventory legal-hold lifecycle logging metrics notification
  object-lock ownershipControls policy policyStatus publicAccessBlock rename replication
  requestPayment restore retention select session tagging torrent versionId versioning versions
  website`.split(/\s+/),
);

export function operationOf({ method, key, query }: S3Request): Operation {
  const resource = key === "" ? "bucket" : "object";
  const subresources = query.map(([name]) => name).filter((name) => SUBRESOURCES.has(name));
  const operation = OPERATIONS[[method, resource, ...subresources].join(" ")];
  if (!operation) throw new S3Failure("NotImplemented");
  return operation;
}
