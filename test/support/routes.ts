/** The routes of the product, from its own OpenAPI document. */
import { type Body, anonymous } from "./client.ts";

export type Operation = {
  /** Its operation id. */
  id: string;
  method: string;
  /** A template, such as `/chats/{id}`. */
  path: string;
  /** True where no sign-in is required. */
  open: boolean;
  tags: string[];
  summary: string;
  description: string;
  parameters: Body[];
  /** A body that the route accepts, made of the examples of its schema; undefined where it takes none. */
  body: Body;
  /** The fields of that body that may be absent. */
  optional: string[];
  /** True where it accepts an `Idempotency-Key`. */
  takesKey: boolean;
  responses: Record<string, Body>;
};

/**
 * What routes respond with for nothing, whose clients ask about each chat that they show, also before its first message,
 * and take 404 for a failure.
 */
const ASKED_BEFORE_IT_EXISTS: Record<string, number> = {
  "GET /ai-sdk/chat/{id}/stream": 204,
  "GET /ai-sdk/workflow/{id}/stream": 200,
};

/** What a response for an object that is not there, or another user's, has. */
export function expectedOfNothing({ method, path }: Operation): object {
  const status = ASKED_BEFORE_IT_EXISTS[`${method} ${path}`];
  return status === undefined ? { status: 404, code: "not_found" } : { status };
}

export async function readDocument(): Promise<Body> {
  return (await anonymous().get("/openapi.json")).body;
}

export async function readOperations(): Promise<Operation[]> {
  const document = await readDocument();
  const resolveAll = (parameters: Body[]) => parameters.map((each) => resolve(document, each));
  return Object.entries<Body>(document.paths).flatMap(([path, methods]) =>
    Object.entries<Body>(methods).map(([method, operation]) => ({
      id: operation.operationId,
      method: method.toUpperCase(),
      path,
      open: operation.security?.length === 0,
      tags: operation.tags ?? [],
      summary: operation.summary ?? "",
      description: operation.description ?? "",
      parameters: resolveAll(operation.parameters ?? []),
      body: exampleOf(document, bodySchemaOf(operation)),
      optional: optionalFieldsOf(resolve(document, bodySchemaOf(operation))),
      takesKey: resolveAll(operation.parameters ?? []).some(
        ({ name }) => name === "idempotency-key",
      ),
      responses: operation.responses,
    })),
  );
}

function bodySchemaOf(operation: Body): Body {
  return operation.requestBody?.content?.["application/json"]?.schema;
}

/** The names of the properties that a schema of an object does not require. */
export function optionalFieldsOf({ properties = {}, required = [] }: Body = {}): string[] {
  return Object.keys(properties).filter((name) => !required.includes(name));
}

/** What a reference refers to; anything else as it is. */
export function resolve(document: Body, part: Body): Body {
  if (!part?.$ref) return part;
  const [, , kind, name] = part.$ref.split("/");
  return document.components[kind][name];
}

/** A value for a schema: its example, or one made of its required properties. */
function exampleOf(document: Body, schema: Body): Body {
  if (!schema) return undefined;
  if (schema.$ref) return exampleOf(document, resolve(document, schema));
  if (schema.example !== undefined) return schema.example;
  if (schema.allOf) return exampleOf(document, schema.allOf[0]);
  if (schema.enum) return schema.enum[0];
  if (schema.type === "object") return exampleObject(document, schema);
  return schema.type === "boolean" ? true : "text";
}

function exampleObject(document: Body, { properties = {}, required = [] }: Body): Body {
  const names: string[] = required.length > 0 ? required : Object.keys(properties).slice(0, 1);
  return Object.fromEntries(names.map((name) => [name, exampleOf(document, properties[name])]));
}
