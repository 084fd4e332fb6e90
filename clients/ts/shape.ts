/** What of an OpenAPI document the types are generated from. */
import { createHash } from "node:crypto";

type Operation = { responses?: object };
type Document = {
  paths: Record<string, Record<string, Operation>>;
  components?: { schemas?: object };
};

const PROSE = new Set(["description", "summary", "example", "examples", "externalDocs"]);

/** The document without the responses of failures: every failure is an `ApiError`. */
export function withoutFailures<D extends Document>(document: D): D {
  const paths = mapValues(document.paths, (methods) => mapValues(methods, withoutErrors));
  return { ...document, paths };
}

/**
 * The hash of such a document without its prose: types that were generated from documents with the same hash differ in
 * their comments at most.
 */
export function hashOfShape({ paths, components }: Document): string {
  const shape = JSON.stringify([paths, components?.schemas], (key, value) =>
    // A property may have the name of a member of prose; then its value is a schema.
    PROSE.has(key) && !isSchema(value) ? undefined : value,
  );
  return createHash("sha256").update(shape).digest("hex");
}

function withoutErrors(operation: Operation): Operation {
  if (!operation.responses) return operation;
  const kept = Object.entries(operation.responses).filter(([status]) => Number(status) < 400);
  return { ...operation, responses: Object.fromEntries(kept) };
}

function mapValues<T>(record: Record<string, T>, change: (value: T) => T): Record<string, T> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}

function isSchema(value: unknown): boolean {
  return typeof value === "object" && value !== null && ("type" in value || "$ref" in value);
}
