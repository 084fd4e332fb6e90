import { describe, expect, inject, it } from "vitest";
import { anonymous, expectProblem } from "../../support/client.ts";
import { startWorker } from "../../support/worker.ts";

const visitor = anonymous(inject("platformUrl"));

/** The URLs of the page's own files. */
async function filesOfPage(): Promise<string[]> {
  const html = await (await visitor.fetch("/app")).text();
  return [...html.matchAll(/(?:src|href)="(\/app\/assets\/[^"]+)"/g)].map(([, url = ""]) => url);
}

describe("the page at /app", () => {
  it("is one document at every path of its views, which is asked for again each time", async () => {
    const first = await visitor.fetch("/app");
    const html = await first.text();
    expect(first.headers.get("content-type")).toContain("text/html");
    expect(first.headers.get("cache-control")).toBe("public, no-cache");
    expect(html).toContain('<div id="app"></div>');
    for (const path of ["/app/", "/app/documents", "/app/chats/one?page=2", "/app/a/b/c.d"]) {
      expect(await (await visitor.fetch(path)).text(), path).toBe(html);
    }
    const headers = { "if-none-match": first.headers.get("etag") ?? "" };
    const again = await visitor.fetch("/app/usage", { headers });
    expect({ status: again.status, text: await again.text() }).toEqual({ status: 304, text: "" });
    expect(again.headers.get("content-security-policy")).toBeTruthy();
  });

  it("runs nothing inline, and reaches nothing but its own origin and the bucket", async () => {
    const response = await visitor.fetch("/app");
    const policy = response.headers.get("content-security-policy") ?? "";
    expect(policy.split("; ")).toEqual(
      expect.arrayContaining([
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        `connect-src 'self' ${new URL(inject("s3Url")).origin}`,
        "base-uri 'none'",
        "frame-ancestors 'none'",
      ]),
    );
    expect(policy).not.toContain("unsafe");
    const html = await response.text();
    expect(html).not.toMatch(/<style|style=|<script>|\son\w+=/);
  });

  it("names the origin of another bucket, and none without one", { timeout: 60_000 }, async () => {
    const policyOf = async (vars: Record<string, string>) => {
      const worker = await startWorker(vars);
      const { headers } = await fetch(`${worker.url}/app`);
      await worker.close();
      return headers.get("content-security-policy");
    };
    expect(await policyOf({ S3_ENDPOINT: "" })).toContain(
      "connect-src 'self' https://test-files.s3.",
    );
    expect(await policyOf({ S3_BUCKET_NAME: "" })).toContain("connect-src 'self';");
  });

  it("has files that a browser keeps for ever, since their names change with their content", async () => {
    const urls = await filesOfPage();
    expect(urls.length).toBeGreaterThan(1);
    for (const url of urls) {
      const response = await visitor.fetch(url);
      await response.body?.cancel();
      expect(response.headers.get("cache-control"), url).toBe(
        "public, max-age=31536000, immutable",
      );
      expect(response.headers.get("content-type")).toMatch(/^text\/(javascript|css)/);
      expect(url).toMatch(/-[A-Z0-9]{8}\.(js|css)$/);
    }
  });

  it("lets WebAssembly run in the worker that reads PDFs, and nowhere else", async () => {
    const { version } = await import("pdfjs-dist/package.json", { with: { type: "json" } });
    const worker = `/app/assets/pdfjs-${version}/pdf.worker.min.mjs`;
    const response = await visitor.fetch(worker);
    await response.body?.cancel();
    expect(response.headers.get("content-type")).toMatch(/^text\/javascript/);
    expect(response.headers.get("content-security-policy")).toBe(
      "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'",
    );
    for (const path of ["/app", ...(await filesOfPage())]) {
      const other = await visitor.fetch(path);
      await other.body?.cancel();
      expect(other.headers.get("content-security-policy"), path).not.toContain("wasm");
    }
  });

  it("answers HEAD without a body, and refuses what it does not have", async () => {
    const [script = ""] = await filesOfPage();
    for (const path of ["/app", "/app/usage", script]) {
      const head = await visitor.fetch(path, { method: "HEAD" });
      expect({ status: head.status, text: await head.text() }).toEqual({ status: 200, text: "" });
    }
    for (const path of ["/app/assets/none.js", "/app/assets/..%2f..%2findex.js"]) {
      expectProblem(await visitor.get(path), 404, "route_not_found");
    }
    expectProblem(await visitor.post("/app", {}), 405, "method_not_allowed");
    expectProblem(await visitor.get("/application"), 404, "route_not_found");
  });
});
