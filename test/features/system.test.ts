import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { version } from "../../package.json";
import { anonymous, expectProblem } from "../support/client.ts";
import { type RunningWorker, startWorker } from "../support/worker.ts";

const nobody = anonymous();

describe("the front door", () => {
  it("says what this is and where its documentation stands", async () => {
    const { status, body } = await nobody.get("/");
    expect(status).toBe(200);
    expect(body).toMatchObject({ success: true, data: { version, docs: "/docs" } });
  });

  it("sends a browser to the documentation", async () => {
    const { status, headers } = await nobody.get("/", { accept: "text/html,*/*;q=0.8" });
    expect({ status, location: headers.get("location") }).toEqual({
      status: 302,
      location: "/docs",
    });
  });
});

describe("the health of the service", () => {
  it("names each part, its version and the time", async () => {
    const { status, headers, body } = await nobody.get("/health");
    expect(status).toBe(200);
    expect(body).toMatchObject({
      status: "healthy",
      database: "connected",
      s3: "not_configured",
      ai_service: "available",
      version,
    });
    expect(Math.abs(Date.now() - Date.parse(body.timestamp))).toBeLessThan(60_000);
    expect(headers.get("cache-control")).toBe("no-store");
  });

  it("touches nothing where only the Worker is asked for", async () => {
    expect((await nobody.get("/health/live")).body).toEqual({ status: "alive" });
  });
});

describe("a part that is down", () => {
  const NOBODY_LISTENS = "http://127.0.0.1:9";
  let withoutPostgres: RunningWorker;
  let withoutProvider: RunningWorker;
  beforeAll(async () => {
    withoutPostgres = await startWorker({ DATABASE_HTTP_URL: `${NOBODY_LISTENS}/sql` });
    withoutProvider = await startWorker({
      OPENAI_BASE_URL: `${NOBODY_LISTENS}/v1`,
      S3_ENDPOINT: NOBODY_LISTENS,
      S3_BUCKET_NAME: "bucket",
      AWS_ACCESS_KEY_ID: "key",
      AWS_SECRET_ACCESS_KEY: "secret",
    });
  });
  afterAll(() => Promise.all([withoutPostgres.close(), withoutProvider.close()]));

  it("makes the service unhealthy where it is Postgres", async () => {
    const response = await fetch(`${withoutPostgres.url}/health`);
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ status: "unhealthy", database: "unavailable" });
  });

  it("makes the service degraded where it is the provider or the bucket", async () => {
    const response = await fetch(`${withoutProvider.url}/health`);
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      status: "degraded",
      database: "connected",
      s3: "unavailable",
      ai_service: "unavailable",
    });
  });
});

describe("a wrong environment", () => {
  it("refuses to serve, and names the variables but not their values", async () => {
    const worker = await startWorker({ SECRET_KEY: "short-secret", TURN_LIMITS: '{"flush":1}' });
    const response = await fetch(`${worker.url}/chats`);
    const body: unknown = await response.json();
    expect(response.status).toBe(500);
    expect(body).toMatchObject({ code: "misconfigured", variables: ["SECRET_KEY", "TURN_LIMITS"] });
    expect(JSON.stringify(body) + worker.logs().join("")).not.toContain("short-secret");
    expect(worker.logs().join("\n")).toContain('"variables":"SECRET_KEY,TURN_LIMITS"');
    await worker.close();
  });
});

describe("the documentation", () => {
  it("is two pages that load nothing from elsewhere, and run no script that stands in a page", async () => {
    for (const path of ["/docs", "/redoc"]) {
      const response = await nobody.fetch(path);
      const html = await response.text();
      expect(response.headers.get("content-type")).toBe("text/html; charset=utf-8");
      const policy = response.headers.get("content-security-policy") ?? "";
      expect(policy).toContain("script-src 'self';");
      expect(policy).not.toContain("unsafe-inline");
      expect(html).not.toMatch(/https?:\/\//);
      const sources = [...html.matchAll(/(?:src|href|spec-url)="([^"]+)"/g)].map(
        ([, url = ""]) => url,
      );
      expect(sources.length).toBeGreaterThan(2);
      for (const url of sources) {
        const asset = await nobody.fetch(url);
        expect(asset.status, url).toBe(200);
        expect(asset.headers.get("x-content-type-options")).toBe("nosniff");
        expect(await asset.text()).not.toContain("cdn.redoc.ly");
      }
    }
  });

  it("has no files but its own", async () => {
    for (const file of ["nothing.js", "..%2f..%2findex.js"]) {
      expectProblem(await nobody.get(`/docs-assets/${file}`), 404, "route_not_found");
    }
  });
});
