/** The calls of the API, typed by its OpenAPI document. */
import type { paths } from "./schema.ts";
import { toApiError } from "./problem.ts";
import type { Session } from "./session.ts";

type Method = "get" | "post" | "put" | "patch" | "delete";

/** The paths that take a method. */
export type PathOf<M extends Method> = {
  [P in keyof paths]: paths[P] extends { [K in M]: { responses: unknown } } ? P : never;
}[keyof paths];

export type OperationOf<M extends Method, P extends keyof paths> = paths[P] extends {
  [K in M]: infer O;
}
  ? O
  : never;

type Parameters<O, In extends string> = O extends { parameters: { [K in In]?: infer T } }
  ? Exclude<T, undefined>
  : never;

type JsonBody<O> = O extends { requestBody?: { content: { "application/json": infer T } } }
  ? T
  : never;

/** A member that is required where `T` has required members, and forbidden where there is no `T`. */
type Given<Name extends string, T> = [T] extends [never]
  ? { [K in Name]?: undefined }
  : object extends T
    ? { [K in Name]?: T }
    : { [K in Name]: T };

export type CallOptions<O> = Given<"path", Parameters<O, "path">> &
  Given<"query", Parameters<O, "query">> &
  Given<"body", JsonBody<O>> & {
    /** For a route that takes a form. */
    form?: FormData;
    headers?: Record<string, string>;
    signal?: AbortSignal;
  };

type Success<R> = { [S in keyof R]: S extends 200 | 201 | 202 ? R[S] : never }[keyof R];

/** What a successful response holds; undefined where it may have no content. */
export type ResultOf<O> = O extends { responses: infer R }
  ? | (Success<R> extends { content: infer C } ? C[keyof C & "application/json"] : undefined)
    | (R extends { 204: unknown } ? undefined : never)
  : never;

export type Untyped = {
  path?: object | undefined;
  query?: object | undefined;
  body?: unknown;
  form?: FormData | undefined;
  headers?: Record<string, string> | undefined;
  signal?: AbortSignal | undefined;
};

/** The JSON of the response, undefined without one. Rejects with an `ApiError`, or as `fetch` does. */
export async function call(
  session: Session,
  method: Method,
  path: string,
  options: Untyped,
): Promise<unknown> {
  const { path: parts, query, body, form, headers, signal } = options;
  const isJson = body !== undefined;
  const response = await session.fetch(fill(path, parts) + toQuery(query), {
    method: method.toUpperCase(),
    headers: {
      accept: "application/json",
      ...(isJson && { "content-type": "application/json" }),
      ...headers,
    },
    ...(isJson ? { body: JSON.stringify(body) } : form && { body: form }),
    ...(signal && { signal }),
  });
  if (!response.ok) throw await toApiError(response);
  const text = await response.text();
  return text === "" ? undefined : JSON.parse(text);
}

function fill(path: string, parts: object | undefined): string {
  const values = new Map(Object.entries(parts ?? {}));
  return path.replaceAll(/\{(\w+)\}/g, (_, name) => encodeURIComponent(String(values.get(name))));
}

/** A list repeats its name. */
function toQuery(query: object | undefined): string {
  const pairs = Object.entries(query ?? {}).flatMap(([name, value]) =>
    [value].flat().map((one) => [name, one]),
  );
  const given = pairs.filter(([, value]) => value !== undefined && value !== null);
  const text = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
  return text && `?${text}`;
}
