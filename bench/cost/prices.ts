/**
 * What Cloudflare charges on Workers Paid beyond what its plan includes, in US dollars a million.
 *
 * @see https://developers.cloudflare.com/workers/platform/pricing/
 * @see https://developers.cloudflare.com/durable-objects/platform/pricing/
 * @see https://developers.cloudflare.com/queues/platform/pricing/
 */
export const PRICES = {
  /** When they were read. */
  date: "2026-11-29",
  workerRequests: 0.3,
  /** Milliseconds. */
  workerCpuMs: 0.02,
  /** Calls of a Durable Object, and its alarms. */
  objectRequests: 0.15,
  /** An object is billed with 128 MB of memory for as long as it is at work. */
  objectGbSeconds: 12.5,
  rowsRead: 0.001,
  /**
   * Rows that are inserted, changed or deleted, those of indexes included, and each alarm that is set ("Each `setAlarm()`
   * is billed as a single row written", "Deletes are counted as rows written"). What `deleteAll` costs is not said.
   */
  rowsWritten: 1,
  /** A message is written, read and deleted. */
  queueOperations: 0.4,
};

export const OBJECT_GB = 0.128;
