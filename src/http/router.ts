/** The declaration of a route: its schema, its body's rules and its documented failures in one place. */
import { createRoute, OpenAPIHono, type RouteConfig, type z } from "@hono/zod-openapi";
import type { MiddlewareHandler } from "hono";
import { SmartRouter } from "hono/router/smart-router";
import { TrieRouter } from "hono/router/trie-router";
import type { Deps } from "../deps.ts";
import type { Env } from "../env.ts";
import type { KeyScope } from "../lib/key-scopes.ts";
import type { Verdict } from "../limits/limits.ts";
import type { Principal } from "../lib/principal.ts";
import { Problem, type ProblemCode } from "../lib/problem.ts";
import { toFieldErrors } from "./field-errors.ts";
import { requireScope, scopesOf } from "./key-scope.ts";
import { withKeyHeader } from "./keyed-route.ts";
import { negotiate } from "./negotiate.ts";
import { readJsonBody, refuseEncodedBody } from "./request-body.ts";
import { limitRoute, type RouteLimit } from "./rate-limit.ts";
import { checkQuery } from "./request-query.ts";

export type App = {
  Bindings: Env;
  Variables: {
    requestId: string;
    deps: Deps;
    principal: Principal;
    /** What the limits that govern the request say, by their names. */
    verdicts?: Map<string, Verdict>;
    /** The code of the problem that the request ended with; for the log. */
    problem: ProblemCode;
    /** The path template of the route; for the log, because a path would hold ids. */
    route: string;
  };
};

/**
 * A router whose validation failures are problems. By default Hono compiles all paths into a regular expression at the
 * first request, and finds that two of ours have no place in one; a tree takes them at once.
 */
export function createRouter(): OpenAPIHono<App> {
  return new OpenAPIHono<App>({
    strict: true,
    router: new SmartRouter({ routers: [new TrieRouter()] }),
    defaultHook: (result) => {
      if (result.success) return;
      if (result.target === "param") throw new Problem("not_found");
      if (result.target === "header") throw new Problem("malformed_header");
      const errors = result.error.issues.flatMap((issue) => toFieldErrors(issue, result.target));
      const reserved = errors.some((error) => error.code === "reserved_key");
      throw new Problem(reserved ? "reserved_key" : "validation_failed", { errors });
    },
  });
}

type Declared = Definition & { path: string };

type Definition = Omit<RouteConfig, "path" | "middleware"> & {
  /** A verb phrase, which is the name of the function in generated clients: `listChats`. */
  operationId: string;
  summary: string;
  /** The problems that a client has to expect, in addition to those of every route. */
  problems?: readonly ProblemCode[];
  /** True when the route needs no sign-in. */
  open?: boolean;
  /** The scope by which an API key may call the route; without one, only a session may. */
  scope?: KeyScope;
  /** A limit of its own, in addition to the one of all signed-in requests. */
  limit?: RouteLimit;
  /** True when the route takes an `Idempotency-Key`, which its handler reads with `readKey`. */
  keyed?: boolean;
  /** The largest JSON body, in bytes; 256 KiB if absent. */
  largestBodyBytes?: number;
  /** Reads and checks the JSON body, in place of `readJsonBody`. */
  readBody?: MiddlewareHandler;
  /** Formats that `Accept` may name in addition to those of the responses: a redirect has no content. */
  formats?: readonly string[];
};

/**
 * Declares a route. Adds what every route has: the middleware that reads a JSON body and checks `Accept`,
 * the security schemes and the responses of its problems in the OpenAPI document.
 */
export function route<const R extends Declared>(definition: R): R {
  const {
    problems: _problems,
    open = false,
    keyed = false,
    scope: _scope,
    limit: _limit,
    largestBodyBytes: _largest,
    readBody: _readBody,
    formats: _,
    ...config
  }: Declared = definition;
  const responses = { ...config.responses };
  definitions.set(responses, definition);
  const declared: RouteConfig = {
    ...config,
    ...(keyed && {
      request: { ...config.request, headers: withKeyHeader(config.request?.headers) },
    }),
    ...(open ? { security: [] } : whoMayCall(definition)),
    middleware: middlewareOf(definition),
    responses,
  };
  // The additions change no type that a handler sees: its input and its successful responses.
  return createRoute(declared) as unknown as R;
}

type Responses = RouteConfig["responses"];

/** By the responses that a route declares; its problems are added to them in the OpenAPI document. */
const definitions = new WeakMap<Responses, Declared>();

/** The definition of a route that declares these responses; undefined where `route` has not made it. */
export function definitionOf(declared: Responses): Declared | undefined {
  return definitions.get(declared);
}

/** A signed-in person, in the OpenAPI document. */
export const BY_SESSION = [{ bearer: [] }, { cookie: [] }];

export const BY_KEY = { key: [] };

/** Who may call: a signed-in person, and a key with one of these scopes, which is the document's default. */
function whoMayCall({ method, scope, description }: Definition) {
  const scopes = scopesOf(method, scope);
  if (scopes.length === 0) return { security: BY_SESSION };
  const needed = `An API key needs the scope ${scopes.map((each) => `\`${each}\``).join(" or ")}.`;
  return { description: description === undefined ? needed : `${description}\n\n${needed}` };
}

function middlewareOf(definition: Declared): MiddlewareHandler[] {
  const produced = Object.values(definition.responses).flatMap((response) =>
    "content" in response && response.content ? Object.keys(response.content) : [],
  );
  const formats = [...produced, ...(definition.formats ?? [])];
  const middleware: MiddlewareHandler[] = [
    nameRoute(definition.path),
    requireScope(definition.method, definition.scope),
    ...(definition.limit ? [limitRoute(definition.limit)] : []),
    negotiate(formats),
  ];
  if (definition.request?.query) middleware.push(checkQuery);
  if (definition.request?.body) middleware.push(refuseEncodedBody);
  if (definition.request?.body?.content["application/json"]) {
    middleware.push(definition.readBody ?? readJsonBody(definition.largestBodyBytes));
  }
  return middleware;
}

/** Sets the path template for the log. */
export function nameRoute(path: string): MiddlewareHandler<App> {
  return async function nameRoute(c, next) {
    c.set("route", path);
    await next();
  };
}

export const MULTIPART = "multipart/form-data";

/** A required multipart body of one file in a field of that name. The handler reads it. */
export function fileBody(field: string) {
  const file = { type: "string" as const, format: "binary" };
  const schema = { type: "object" as const, properties: { [field]: file }, required: [field] };
  return { required: true as const, content: { [MULTIPART]: { schema } } };
}

/** A required JSON body of a request. */
export function jsonBody<T extends z.ZodType>(schema: T) {
  return { required: true as const, content: { "application/json": { schema } } };
}

/** A JSON body without required fields, which may be absent altogether. */
export function optionalJsonBody<T extends z.ZodType>(schema: T) {
  return { ...jsonBody(schema), required: false as const };
}

/** A JSON response, whose schema only the OpenAPI document reads. */
export function json<T extends z.ZodType>(schema: () => T, description: string) {
  return { description, content: { "application/json": content(schema) } };
}

/** The content of a response in one format, with what else the OpenAPI document says of it. */
export function content<T extends z.ZodType>(schema: () => T, more: object = {}) {
  return {
    ...more,
    get schema() {
      return schema();
    },
  };
}

/** A response header of text, for the OpenAPI document. */
export function textHeader(description: string) {
  return { description, schema: { type: "string" as const } };
}
