import { beforeAll, describe, expect, it } from "vitest";
import { catalogue, type ProblemCode } from "../../src/lib/problem.ts";
import type { Body } from "../support/client.ts";
import { codesIn } from "../support/openapi.ts";
import {
  type Operation,
  optionalFieldsOf,
  readDocument,
  readOperations,
  resolve,
} from "../support/routes.ts";

/** An operation with what it refers to; before responses were shared it was 8 KB. */
const MOST_BYTES_PER_OPERATION = 2_400;

const nameOf = ({ method, path }: Operation) => `${method} ${path}`;

/** The named schemas of all JSON bodies. */
function bodySchemas(components: Body, paths: Body): [string, Body][] {
  const all = Object.values<Body>(paths).flatMap((methods) => Object.values<Body>(methods));
  const schemas = all.flatMap(
    ({ requestBody }) => requestBody?.content?.["application/json"]?.schema ?? [],
  );
  const names = schemas.map(({ $ref }) => String($ref).replace("#/components/schemas/", ""));
  return [...new Set(names)].map((name) => [name, components.schemas[name]]);
}

const isShown = (schema: Body) => schema.example !== undefined || schema.enum !== undefined;

/** True where a schema allows null. */
function isNullable(schema: Body, components: Body): boolean {
  if (schema.$ref) return isNullable(components.schemas[schema.$ref.split("/").at(-1)], components);
  if (schema.anyOf) return schema.anyOf.some((each: Body) => isNullable(each, components));
  return schema.enum ? schema.enum.includes(null) : [schema.type].flat().includes("null");
}

/** Every schema in the document, with where it stands. */
function schemasIn(part: Body, path = ""): [string, Body][] {
  if (part === null || typeof part !== "object") return [];
  const inner = Object.entries<Body>(part).flatMap(([key, value]) =>
    schemasIn(value, `${path}/${key}`),
  );
  return [[path, part], ...inner];
}

let document: Body;
let operations: Operation[];
beforeAll(async () => {
  document = await readDocument();
  operations = await readOperations();
});

describe("the OpenAPI document", () => {
  it("gives every operation a name of its own, a summary, a known tag and a success", () => {
    const { tags, openapi } = document;
    expect(openapi).toBe("3.1.0");
    const known = tags.map((tag: { name: string }) => tag.name);
    for (const operation of operations) {
      expect(operation.summary, nameOf(operation)).toMatch(/^[A-Z]/);
      expect(known).toEqual(expect.arrayContaining(operation.tags));
      expect(operation.tags).toHaveLength(1);
      expect(operation.id, nameOf(operation)).toMatch(/^[a-z]+([A-Z][a-z]+)+$/);
      expect(operation.id, "names no method").not.toMatch(/^(post|put|patch|head|options)[A-Z]/);
      expect(
        Object.keys(operation.responses).some((status) => /^(2..|101|302)$/.test(status)),
      ).toBe(true);
    }
    expect(new Set(operations.map(({ id }) => id)).size).toBe(operations.length);
  });

  it("has an example of every request body, and of every shared response", () => {
    const { components, paths } = document;
    for (const [name, { example, properties, required = [] }] of bodySchemas(components, paths)) {
      const whole = example ?? required.every((key: string) => isShown(properties[key]));
      expect(whole, name).toBeTruthy();
    }
    for (const { content } of Object.values<Body>(components.responses)) {
      const { code, title, detail, status } = content["application/problem+json"].example;
      expect(catalogue[code as ProblemCode]).toEqual({ title, detail, status });
    }
  });

  it("declares every optional field as nullable, and a body without required fields as optional", () => {
    const { components, paths } = document;
    for (const [name, schema] of bodySchemas(components, paths)) {
      for (const field of optionalFieldsOf(schema)) {
        expect(isNullable(schema.properties[field], components), `${name}.${field}`).toBe(true);
      }
    }
    for (const operation of operations.filter(({ body }) => body !== undefined)) {
      const { requestBody } = paths[operation.path][operation.method.toLowerCase()];
      const [{ schema }] = Object.values<Body>(requestBody.content);
      const { required = [] } = components.schemas[schema.$ref.split("/").at(-1)];
      expect(requestBody.required ?? false, nameOf(operation)).toBe(required.length > 0);
    }
  });

  it("names only problems of the catalogue, each under its own status", () => {
    for (const operation of operations) {
      for (const [status, response] of Object.entries(operation.responses)) {
        if (status < "4" || status === "default" || !response.$ref) continue;
        const codes = codesIn({ ...resolve(document, response), ...response });
        expect(codes.length, `${nameOf(operation)} ${status}`).toBeGreaterThan(0);
        for (const code of codes) {
          expect(catalogue[code as ProblemCode]?.status, code).toBe(Number(status));
        }
      }
    }
  });

  it("describes every operation, parameter, response and tag", () => {
    for (const operation of operations) {
      const where = nameOf(operation);
      const [own = ""] = operation.description.split(/\n*An API key needs the scope /);
      expect(own, where).toMatch(/^[A-Z`].+\.$/s);
      for (const { name, description } of operation.parameters) {
        expect(description, `${where} ${name}`).toBeTruthy();
      }
      for (const [status, response] of Object.entries(operation.responses)) {
        const { description } = resolve(document, response);
        expect(description, `${where} ${status}`).toBeTruthy();
      }
    }
    for (const { name, description } of document.tags) expect(description, name).toBeTruthy();
  });

  it("begins with how to sign up", () => {
    expect(document.tags[0].name).toBe("Accounts");
    expect(operations[0]).toMatchObject({ method: "POST", path: "/auth/register" });
  });

  it("has no example of an optional parameter, which a page would send", () => {
    const optional = operations.flatMap(({ parameters }) => parameters).filter((p) => !p.required);
    expect(optional.length).toBeGreaterThan(20);
    for (const { name, example, schema } of optional) {
      expect([example, schema.example, schema.examples], name).toEqual([
        undefined,
        undefined,
        undefined,
      ]);
    }
  });

  it("names one shared response for each status of problems, and one for whatever else may happen", () => {
    for (const operation of operations) {
      expect(operation.responses["default"].$ref).toBe("#/components/responses/AnyProblem");
      for (const [status, response] of Object.entries(operation.responses)) {
        if (Object.keys(response.content ?? {})[0] !== "application/problem+json") continue;
        throw new Error(`${nameOf(operation)} ${status} is not shared`);
      }
    }
    for (const { content } of Object.values<Body>(document.components.responses)) {
      const { schema } = content["application/problem+json"];
      expect(schema).toEqual({ $ref: "#/components/schemas/Problem" });
    }
    const { ProblemCode } = document.components.schemas;
    expect(ProblemCode.enum.toSorted()).toEqual(Object.keys(catalogue).toSorted());
  });

  it("has no shared schema that may be null, and no reference that null cannot take the place of", () => {
    for (const [name, schema] of Object.entries<Body>(document.components.schemas)) {
      expect(isNullable(schema, document.components), name).toBe(false);
    }
    const broken = schemasIn(document).filter(
      ([, { allOf }]) =>
        Array.isArray(allOf) && allOf.some(({ type }) => [type].flat().includes("null")),
    );
    expect(broken.map(([path]) => path)).toEqual([]);
  });

  it("refers to nothing that it does not hold, and holds no component that nothing refers to", () => {
    const { components } = document;
    const references = schemasIn(document).flatMap(([, { $ref }]) =>
      typeof $ref === "string" ? [$ref] : [],
    );
    const held = Object.entries<Body>(components)
      .filter(([kind]) => kind !== "securitySchemes")
      .flatMap(([kind, all]) => Object.keys(all).map((name) => `#/components/${kind}/${name}`));
    expect([...new Set(references)].toSorted()).toEqual(held.toSorted());
  });

  it("has a stream for an example, whose messages are as the schemas say", () => {
    const { description } = document.components.examples.TurnStream;
    const value = description.replaceAll("```", "").trimStart();
    const events = [...value.matchAll(/^id: (\d+)\nevent: (\w+)\ndata: (.+)\n\n/gm)];
    expect(events.map(([whole]) => whole).join("")).toBe(value);
    const parsed = events.map(([, id, event, data = ""]) => ({ id, event, ...JSON.parse(data) }));
    expect(parsed.map(({ type }) => type)).toEqual(parsed.map(({ event }) => event));
    expect(parsed.map(({ id }) => Number(id))).toEqual(parsed.map((_, index) => index + 1));
    const { Message } = document.components.schemas;
    for (const { message } of parsed.filter(({ message }) => message)) {
      expect(Object.keys(message).toSorted()).toEqual(Object.keys(Message.properties).toSorted());
    }
  });

  it("holds to 2.4 KB for each operation", () => {
    expect(Buffer.byteLength(JSON.stringify(document))).toBeLessThanOrEqual(
      operations.length * MOST_BYTES_PER_OPERATION,
    );
  });
});
