/** The page of `/app`, which `local/web-build.ts` builds of `web/`: a client of this API like any other. */
import type { OpenAPIHono } from "@hono/zod-openapi";
import { type App, nameRoute } from "../../http/router.ts";
import { findAsset, withHeaders } from "./asset.ts";

/** Under it every path is a view of the page, but for its files. */
const PAGE_PATH = "/app";
const ASSETS_PATTERN = "/app/assets/*";

/** The names of the files have the hash of their content. */
const FOR_EVER = "public, max-age=31536000, immutable";

/** The document names the files of one build: an old one may name files that are gone. */
const CURRENT = "public, no-cache";

const PDF_WORKER = "/pdf.worker.min.mjs";

/**
 * A worker has the policy of its own response, so that WebAssembly runs in this one alone, and not in the page: it
 * decodes pictures (JPEG 2000, JBIG2) and colours.
 */
const PDF_WORKER_POLICY =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'";

/** Serves the document and its files, which are not part of the OpenAPI document. */
export function serveWebPage(router: OpenAPIHono<App>): void {
  router.get(ASSETS_PATTERN, nameRoute("/app/assets/:file"), async (c) =>
    withHeaders(await findAsset(c, c.req.path), {
      "cache-control": FOR_EVER,
      ...(c.req.path.endsWith(PDF_WORKER) && { "content-security-policy": PDF_WORKER_POLICY }),
    }),
  );
  for (const path of [PAGE_PATH, `${PAGE_PATH}/*`]) {
    router.get(path, nameRoute("/app/:view"), async (c) =>
      withHeaders(await findAsset(c, `${PAGE_PATH}/`), {
        "cache-control": CURRENT,
        "content-security-policy": policyFor(c.get("deps").storage.origin()),
      }),
    );
  }
}

/** Nothing of other origins but the bucket, which files are sent to and read from; nothing inline. */
function policyFor(bucketOrigin: string | undefined): string {
  const bucket = bucketOrigin ? ` ${bucketOrigin}` : "";
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    `img-src 'self' data: blob:${bucket}`,
    "font-src 'self'",
    `connect-src 'self'${bucket}`,
    "worker-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
}
