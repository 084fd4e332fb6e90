/** The documentation pages, Swagger UI and Redoc: self-hosted, with a strict Content-Security-Policy. */

/** The path of the files that `local/assets.ts` copies from the npm packages. */
export const ASSETS_PATH = "/docs-assets";

/**
 * Hashes of Redoc's two inline styles: an empty one that it fills by script, and that of its search box.
 */
const REDOC_STYLES =
  "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=' 'sha256-QMIg+bpjm3JdElJ388KYke01izlUW0UoNOeKjpMxdgc='";

/** Only scripts and styles of our origin. Redoc creates its search worker from a blob. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  `style-src 'self' ${REDOC_STYLES}`,
  "img-src 'self' data:",
  "connect-src 'self'",
  "worker-src blob:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** The same for everybody: caches at the edge may keep it, and show it while they ask for a newer one. */
export const PUBLIC = "public, max-age=300, stale-while-revalidate=3600";

export const PAGE_HEADERS = {
  "content-type": "text/html; charset=utf-8",
  "content-security-policy": POLICY,
  "cache-control": PUBLIC,
};

export const SCRIPT_HEADERS = {
  "content-type": "text/javascript; charset=utf-8",
  "cache-control": PUBLIC,
};

export const SWAGGER_PAGE = page(
  `<link rel="stylesheet" href="${ASSETS_PATH}/swagger-ui.css">`,
  `<div id="swagger-ui"></div>
  <script src="${ASSETS_PATH}/swagger-ui-bundle.js"></script>
  <script src="/docs/start.js"></script>`,
);

export const REDOC_PAGE = page(
  "",
  `<redoc spec-url="/openapi.json" hide-logo></redoc>
  <script src="${ASSETS_PATH}/redoc.standalone.js"></script>`,
);

/** A separate file, because the policy forbids inline scripts. */
export const SWAGGER_START = `SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#swagger-ui",
  deepLinking: true,
  displayRequestDuration: true,
  persistAuthorization: false,
  validatorUrl: null,
});
`;

function page(head: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>Indifly AI Chat Backend</title>
  <link rel="icon" href="${ASSETS_PATH}/favicon-32x32.png">
  ${head}
</head>
<body>
  ${body}
</body>
</html>
`;
}
