/** Checks the Worker's responses against its own OpenAPI document. */
import Ajv, { type ValidateFunction } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { inject } from "vitest";

type Observed = { status: number; headers: Headers; body: unknown };
type Operation = { responses: Record<string, { content?: Record<string, unknown> }> };
type Document = { paths: Record<string, Record<string, Operation>> };
type Checker = { document: Document; ajv: Ajv; compiled: Map<string, ValidateFunction> };

let loading: Promise<Checker> | undefined;

/**
 * Throws when the path, the status or the content type is not documented, or the body does not match its
 * schema or has an extra field. Unknown paths need only a problem.
 */
export async function checkAgainstDocument(
  method: string,
  path: string,
  observed: Observed,
): Promise<void> {
  loading ??= load();
  const checker = await loading;
  const template = findTemplate(checker.document, new URL(path, "http://localhost").pathname);
  const operation = template && checker.document.paths[template]?.[method.toLowerCase()];
  const where = `${method} ${path} → ${observed.status}`;
  if (!operation) return expectRoutingProblem(where, observed);
  const type = observed.headers.get("content-type")?.split(";")[0] ?? "";
  const response = operation.responses[observed.status];
  if (!response) throw new Error(`${where} is not documented: ${JSON.stringify(observed.body)}`);
  if (!response.content) {
    if (observed.body !== undefined) throw new Error(`${where} has a body`);
    return undefined;
  }
  if (!response.content[type]) throw new Error(`${where}: ${type} is not documented`);
  const pointer = ["paths", template, method.toLowerCase(), "responses", String(observed.status)];
  return expectValid(checker, where, [...pointer, "content", type, "schema"], observed.body);
}

async function load(): Promise<Checker> {
  const response = await fetch(`${inject("workerUrl")}/openapi.json`);
  const document = (await response.json()) as Document;
  const ajv = new Ajv({ strict: false, allErrors: true });
  addFormats.default(ajv);
  ajv.addSchema(document, "document");
  return { document, ajv, compiled: new Map() };
}

/** The template that matches with the fewest parameters: `/chats/{id}` also matches `/chats/new`. */
function findTemplate(document: Document, pathname: string): string | undefined {
  const parameters = (template: string) => template.split("{").length;
  return Object.keys(document.paths)
    .filter((template) => toPattern(template).test(pathname))
    .toSorted((a, b) => parameters(a) - parameters(b))[0];
}

function toPattern(template: string): RegExp {
  return new RegExp(`^${template.replaceAll(".", "\\.").replace(/\{[^}]+\}/g, "[^/]+")}$`);
}

function expectRoutingProblem(where: string, { status, headers }: Observed): void {
  const isProblem = headers.get("content-type") === "application/problem+json";
  if (isProblem && [404, 405, 431].includes(status)) return;
  throw new Error(`${where} is served, but not documented`);
}

function expectValid(
  { ajv, compiled }: Checker,
  where: string,
  pointer: string[],
  body: unknown,
): void {
  const ref = `document#/${pointer.map(escape).join("/")}`;
  const validate = compiled.get(ref) ?? ajv.compile({ $ref: ref, unevaluatedProperties: false });
  compiled.set(ref, validate);
  if (!validate(body)) throw new Error(`${where}: ${ajv.errorsText(validate.errors)}`);
}

function escape(key: string): string {
  return encodeURIComponent(key.replaceAll("~", "~0").replaceAll("/", "~1"));
}
