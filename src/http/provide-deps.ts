import type { MiddlewareHandler } from "hono";
import { createDeps } from "../deps.ts";
import type { App } from "./router.ts";

/** Gives the request its dependencies; a wrong environment ends every request here. */
export const provideDeps: MiddlewareHandler<App> = async function provideDeps(c, next) {
  c.set("deps", createDeps(c.env));
  await next();
};
