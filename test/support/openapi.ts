/** Checks the Worker's responses against its own OpenAPI document. */
import Ajv, { type ValidateFunction } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { inject } from "vitest";

type Observed = { status: number; headers: Headers; body: unknown };
type Response = {
  $ref?: string;
  description: string;
  content?: Record<string, { schema: { type?: string } }>;
};
type Operation = { responses: Record<string, Response> };
type Document = {
  paths: Record<string, Record<string, Operation>>;
  components: { responses: Record<string, Response> };
};
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
  const key = operation.responses[observed.status] ? String(observed.status) : "default";
  const { response, pointer, codes } = find(checker.document, operation, key, [
    "paths",
    template,
    method.toLowerCase(),
  ]);
  // What a socket carries is no body of its response.
  if (!response.content || observed.status === 101) {
    if (observed.body !== undefined) throw new Error(`${where} has a body`);
    return undefined;
  }
  if (!response.content[type]) throw new Error(`${where}: ${type} is not documented`);
  if (type === PROBLEM) expectCode(where, codes, observed.body);
  const { schema } = response.content[type];
  for (const value of valuesOf(observed.body, type, schema)) {
    expectValid(checker, where, [...pointer, "content", type, "schema"], value);
  }
}

/** What a schema describes: the data of each event of a stream of ours, else the body. */
function valuesOf(body: unknown, type: string, schema: { type?: string }): unknown[] {
  if (type !== "text/event-stream" || typeof body !== "string" || schema.type === "string")
    return [body];
  return body
    .split("\n")
    .flatMap((line) => (line.startsWith("data: ") ? [JSON.parse(line.slice(6))] : []));
}

/** Throws when a value does not match a component of the document, or has an extra field. */
export async function checkAgainstComponent(name: string, value: unknown): Promise<void> {
  loading ??= load();
  expectValid(await loading, name, ["components", "schemas", name], value);
}

const PROBLEM = "application/problem+json";

/** The response of an operation or the shared one that it refers to, where it stands, and the codes that it names. */
function find({ components }: Document, operation: Operation, key: string, at: string[]) {
  const own = operation.responses[key] ?? { description: "" };
  const name = own.$ref?.split("/").at(-1);
  if (name === undefined) return { response: own, pointer: [...at, "responses", key], codes: [] };
  const response = components.responses[name] ?? { description: "" };
  const codes = codesIn({ ...response, ...own });
  return { response, pointer: ["components", "responses", name], codes };
}

/** The codes that the description of a problem's response names. */
export function codesIn({ description }: { description: string }): string[] {
  return [...description.matchAll(/(?:^|, )`([a-z_]+)`/g)].map(([, code = ""]) => code);
}

function expectCode(where: string, codes: string[], body: unknown): void {
  const { code } = body as { code: string };
  if (!codes.includes(code)) throw new Error(`${where} is not documented: ${JSON.stringify(body)}`);
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
  const isProblem = headers.get("content-type") === PROBLEM;
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
