/** All responses of a route, its problems too. They are made for the OpenAPI document, not at start-up. */
import type { RouteConfig } from "@hono/zod-openapi";
import type { ProblemCode } from "../lib/problem.ts";
import { keyProblems, replayedHeader } from "./keyed-route.ts";
import { problemResponses } from "./problem-docs.ts";
import { definitionOf, MULTIPART } from "./router.ts";

type Responses = RouteConfig["responses"];
type Definition = NonNullable<ReturnType<typeof definitionOf>>;

/** The declared responses of a route with those of its problems. */
export function allResponses(declared: Responses): Responses {
  const definition = definitionOf(declared);
  if (!definition) return declared;
  const { keyed = false, problems = [], responses } = definition;
  const codes = [...(keyed ? keyProblems : []), ...problems, ...sharedProblems(definition)];
  return { ...problemResponses(codes), ...(keyed ? markReplayable(responses) : responses) };
}

/** Adds the header of a replayed response to the successful ones. */
function markReplayable(responses: Responses): Responses {
  const marked = Object.entries(responses).map(([status, response]) => {
    if (!status.startsWith("2")) return [status, response];
    const ownHeaders = "headers" in response ? response.headers : {};
    return [status, { ...response, headers: Object.assign({}, ownHeaders, replayedHeader) }];
  });
  return Object.fromEntries(marked);
}

function sharedProblems(definition: Definition): ProblemCode[] {
  const codes: ProblemCode[] = ["not_acceptable", "internal_error", "headers_too_large"];
  codes.push("rate_limited");
  if (definition.limit === "mail" || definition.limit === "step_up") {
    codes.push("limiter_unavailable");
  }
  if (!definition.open) {
    codes.push("unauthenticated", "invalid_token", "origin_not_allowed", "insufficient_scope");
    codes.push("database_unavailable");
  }
  if (!definition.open || definition.path.startsWith("/auth/")) codes.push("https_required");
  if (definition.path.includes("{")) codes.push("not_found");
  if (definition.request?.query) codes.push("invalid_encoding", "validation_failed");
  const body = definition.request?.body?.content ?? {};
  if ("application/json" in body) {
    codes.push("malformed_json", "invalid_encoding", "body_too_large", "body_too_slow");
    codes.push("unsupported_media_type", "validation_failed");
  }
  if (definition.request?.body) codes.push("unsupported_content_encoding");
  if (MULTIPART in body) {
    codes.push("malformed_upload", "file_too_large", "body_too_slow", "validation_failed");
  }
  return codes;
}
