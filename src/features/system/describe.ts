/** The OpenAPI document of the whole API. */
import type { OpenAPIHono } from "@hono/zod-openapi";
import { describeApi } from "../../http/openapi.ts";
import type { App } from "../../http/router.ts";
import { MessageMetadata } from "../messages/metadata.ts";
import { ClientFrame, ServerFrame } from "../turns/wire/frame-schemas.ts";

/** The document of an app, with the schemas that its texts name. All of its features must be mounted. */
export function describeAll(app: OpenAPIHono<App>) {
  return describeApi(app, { MessageMetadata, ServerFrame, ClientFrame });
}
