/** The route that exports an account. */
import { z } from "@hono/zod-openapi";
import { clientOf } from "../../http/client.ts";
import { attachment } from "../../http/content-disposition.ts";
import { createRouter, route, textHeader } from "../../http/router.ts";
import { toIso } from "../../lib/clock.ts";
import { recordEvent } from "../audit/record.ts";
import { getUser } from "../auth/queries.ts";

const exportAccount = route({
  method: "get",
  path: "/users/me/export",
  operationId: "exportOwnAccount",
  tags: ["Accounts"],
  summary: "Download everything that your account holds",
  description:
    "Streams a zip file: `account.json`, sessions, security events, identities, API keys (without the keys themselves), usage, feedback, files and analyses as JSON Lines, each chat as JSON and as Markdown, and each file with its extracted text. Its last entry, `manifest.json`, has `complete: true`, or names in `errors` what is missing or cut. A download without it is incomplete.",
  responses: {
    200: {
      description: "The zip file, as an attachment.",
      headers: { "Content-Disposition": textHeader("RFC 6266.") },
      content: { "application/zip": { schema: z.string().openapi({ format: "binary" }) } },
    },
  },
});

export const exportRoutes = createRouter().openapi(exportAccount, async (c) => {
  const deps = c.get("deps");
  const user = await getUser(deps.db, c.get("principal").userId);
  const now = new Date(deps.clock());
  const name = `Indifly export ${toIso(now).slice(0, 10)}`;
  const headers = {
    "content-type": "application/zip",
    "content-disposition": attachment(name, "zip"),
  };
  // HEAD exports nothing.
  if (c.req.method === "HEAD") return new Response(null, { headers });
  const event = { id: deps.newId(), userId: user.id, sessionId: c.get("principal").sessionId };
  await recordEvent(deps.db, { ...event, kind: "account_exported", client: clientOf(c), now });
  const { streamArchive } = await import("./archive.ts");
  return new Response(streamArchive(deps, user, now), { headers });
});
