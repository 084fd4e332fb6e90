/** What many operations of the OpenAPI document share is written once: parameters and headers of responses. */
import type { OpenAPIHono } from "@hono/zod-openapi";
import type { App } from "./router.ts";

type Document = ReturnType<OpenAPIHono<App>["getOpenAPI31Document"]>;
type Operation = NonNullable<NonNullable<Document["paths"]>[string]["get"]>;
type Listed = NonNullable<Operation["parameters"]>[number];
type Parameter = Exclude<Listed, { $ref: string }>;

/** A part of an operation: its name as a component, and how a reference takes its place. */
type Part = { name: string; value: object; replaceBy: (reference: { $ref: string }) => void };

/** What so many operations have is a component. */
const SHARED_FROM = 3;

/** All operations of the document. */
export function operationsOf(document: Document): Operation[] {
  return Object.values(document.paths ?? {}).flatMap((path) => Object.values(path));
}

/** Moves the parameters and headers of many operations to the components. */
export function shareParts(document: Document): void {
  const operations = operationsOf(document);
  const components = (document.components ??= {});
  components.parameters = share("parameters", operations.flatMap(parametersOf));
  components.headers = share("headers", operations.flatMap(headersOf));
}

/** Replaces equal parts by references; the components that they refer to. */
function share<T extends object>(kind: string, parts: Part[]): Record<string, T> {
  const components: Record<string, T> = {};
  const byContent = Map.groupBy(parts, ({ value }) => JSON.stringify(value));
  const byUse = [...byContent.values()].toSorted((a, b) => b.length - a.length);
  for (const same of byUse.filter(({ length }) => length >= SHARED_FROM)) {
    const [{ name, value } = { name: "", value: {} }] = same;
    if (name in components) continue;
    components[name] = value as T;
    for (const part of same) part.replaceBy({ $ref: `#/components/${kind}/${name}` });
  }
  return components;
}

function parametersOf({ parameters = [] }: Operation): Part[] {
  return parameters.filter(isWhole).map((value) => {
    correct(value);
    const replaceBy = (reference: { $ref: string }) =>
      parameters.splice(parameters.indexOf(value), 1, reference);
    return { name: componentName(value.name), value, replaceBy };
  });
}

function isWhole(parameter: Listed): parameter is Parameter {
  return !("$ref" in parameter);
}

/**
 * Takes away what the generator repeats in the schema, and the example of an optional parameter: "Try it out" of
 * Swagger UI would send it.
 */
function correct(parameter: Parameter): void {
  const { schema } = parameter;
  if (!parameter.required) delete parameter.required;
  if (!schema || "$ref" in schema) return;
  delete schema.description;
  if (!parameter.required) delete schema.example;
}

function headersOf({ responses = {} }: Operation): Part[] {
  return Object.entries(responses).flatMap(([status, response]) => {
    const headers: Record<string, object> = { ...response.headers };
    // The routes share the objects that their responses are declared with.
    if (response.headers) responses[status] = { ...response, headers };
    return Object.entries(headers).map(([name, value]) => ({
      name: componentName(name),
      value,
      replaceBy: (reference) => void (headers[name] = reference),
    }));
  });
}

/** `IdempotencyKey` of `idempotency-key`. */
function componentName(name: string): string {
  return name.replace(/(?:^|[-_])([A-Za-z])/g, (_, letter: string) => letter.toUpperCase());
}
