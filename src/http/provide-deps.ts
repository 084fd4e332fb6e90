import type { MiddlewareHandler } from "hono";
import { createDeps } from "../deps.ts";
import type { App } from "./router.ts";

/** Sets the dependencies of the request. Throws `ConfigError` when the environment is invalid. */
export const provideDeps: MiddlewareHandler<App> = async function provideDeps(c, next) {
  c.set("deps", createDeps(c.env));
  await next();
};
