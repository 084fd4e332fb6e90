/** Calls of any operation of the OpenAPI document. */
import type { ApiResponse, Client } from "../client.ts";
import type { Operation } from "../routes.ts";

const PARAMETER = /\{[^}]+\}/g;

/** Such as `GET /chats/{id}`. */
export const nameOf = ({ method, path }: Pick<Operation, "method" | "path">) => `${method} ${path}`;

/** True where its path names an object of a user: a model is nobody's. */
export const namesObject = ({ path }: Operation) => path.includes("{") && !path.includes("{model}");

/** The operation's path with this id in place of each parameter. */
export const pathWith = ({ path }: Operation, id: string) => path.replaceAll(PARAMETER, id);

/** The operation's path with ids that nothing has. */
export const newIdsIn = ({ path }: Operation) =>
  path.replaceAll(PARAMETER, () => crypto.randomUUID());

/** Sends the operation with a body that it accepts, where it takes one. */
export function callOperation(
  client: Client,
  { method, body }: Operation,
  path: string,
): Promise<ApiResponse> {
  if (method === "GET") return client.get(path);
  const { post, put, patch, delete: remove } = client;
  const send = { POST: post, PUT: put, PATCH: patch, DELETE: remove }[method];
  if (!send) throw new Error(`${method} is not known to the tests`);
  return send(path, body);
}
