/** Schemas of responses. Only the OpenAPI document reads most of them, so they are no work at start-up. */
import type { z } from "@hono/zod-openapi";

/** A schema that is made at its first use, once. */
export function onDemand<S extends z.ZodType>(make: () => S): () => S {
  let made: S | undefined;
  return () => (made ??= make());
}

/** What a schema that is made on demand describes. */
export type Shown<M extends () => z.ZodType> = z.infer<ReturnType<M>>;
