import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { version } from "../../../package.json";
import { anonymous, type Body, expectProblem, platformUrl } from "../../support/client.ts";
import { type FastWorker, startFastWorker } from "../../support/fast-worker.ts";
import { loggedLine } from "../../support/logs/logged-line.ts";
import { until } from "../../support/until.ts";

const nobody = anonymous();

describe("the front door", () => {
  it("names the service and its documentation", async () => {
    const { status, body } = await nobody.get("/");
    expect(status).toBe(200);
    expect(body).toMatchObject({ success: true, data: { version, docs: "/docs" } });
  });

  it("redirects a browser to the documentation, and no client that also accepts JSON", async () => {
    const { status, headers } = await nobody.get("/", { accept: "text/html,*/*;q=0.8" });
    expect({ status, location: headers.get("location") }).toEqual({
      status: 302,
      location: "/docs",
    });
    const accept = "application/json, text/html;q=0.5";
    expect((await nobody.get("/", { accept })).status).toBe(200);
  });
});

describe("the health of the service", () => {
  it("names each part, its version and the time", async () => {
    const { status, headers, body } = await nobody.get("/health");
    expect(status).toBe(200);
    expect(body).toMatchObject({
      status: "healthy",
      database: "connected",
      s3: "available",
      ai_service: "available",
      works: { accounts: true, chats: true, turns: true, files: true, search: true },
      version,
    });
    expect(Math.abs(Date.now() - Date.parse(body.timestamp))).toBeLessThan(60_000);
    expect(headers.get("cache-control")).toBe("private, no-store");
  });

  it("checks no other part when only the Worker is asked for", async () => {
    expect((await nobody.get("/health/live")).body).toEqual({ status: "alive" });
  });
});

describe("a part that is down", () => {
  const NOBODY_LISTENS = "http://127.0.0.1:9";
  let withoutPostgres: FastWorker;
  let withoutProvider: FastWorker;
  beforeAll(async () => {
    withoutPostgres = await startFastWorker({
      DATABASE_HTTP_URL: `${NOBODY_LISTENS}/sql`,
      S3_BUCKET_NAME: "",
    });
    withoutProvider = await startFastWorker({
      OPENAI_BASE_URL: `${NOBODY_LISTENS}/v1`,
      S3_ENDPOINT: NOBODY_LISTENS,
    });
  });
  afterAll(() => Promise.all([withoutPostgres.close(), withoutProvider.close()]));

  it("makes the service unhealthy where it is Postgres; what is not configured is no failure", async () => {
    const response = await fetch(`${withoutPostgres.url}/health`);
    expect(response.status).toBe(503);
    expect(response.headers.get("retry-after")).toBe("15");
    expect(await response.json()).toMatchObject({
      status: "unhealthy",
      database: "unavailable",
      s3: "not_configured",
      works: { accounts: false, chats: false, turns: false, files: false, search: false },
    });
  });

  it("makes the service degraded where it is the provider or the bucket", async () => {
    const response = await fetch(`${withoutProvider.url}/health`);
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      status: "degraded",
      database: "connected",
      s3: "unavailable",
      ai_service: "unavailable",
      works: { accounts: true, chats: true, turns: false, files: false, search: true },
    });
  });
});

describe("the log", () => {
  let worker: FastWorker;
  beforeAll(async () => {
    worker = await startFastWorker({ OPENAI_BASE_URL: "http://127.0.0.1:9/v1" });
  });
  afterAll(() => worker.close());

  it("has one line for each request, and nothing that a user wrote or is known by", async () => {
    const email = `log.${crypto.randomUUID()}@example.com`;
    const account = { name: "Loggia Example", email, password: "seven quiet lamps" };
    const post = (path: string, body: object, headers = {}) =>
      fetch(worker.url + path, {
        method: "POST",
        headers: { "content-type": "application/json", ...headers },
        body: JSON.stringify(body),
      });
    const signedUp: Body = await (await post("/auth/register", account)).json();
    const authorization = `Bearer ${signedUp.access_token}`;
    const failed = await post("/chat", { content: "My quiet secret" }, { authorization });
    const { chat_id: chatId }: Body = await failed.json();
    for (const path of ["/docs", `/chats/${chatId}/messages?before=none&x=secret`, "/secret"]) {
      await (await fetch(worker.url + path, { headers: { authorization } })).text();
    }
    const lines = await until(async () => {
      const requests = linesOf(worker).filter(({ event }) => event === "request");
      return requests.length >= 5 && requests;
    });
    expect(lines).toMatchObject([
      { method: "POST", route: "/auth/register", status: 201 },
      { method: "POST", route: "/chat", status: 502, user_id: signedUp.user.id },
      { method: "GET", route: "/docs", status: 200 },
      { method: "GET", route: "/chats/{id}/messages", status: 422, problem: "validation_failed" },
      { method: "GET", status: 404, problem: "route_not_found" },
    ]);
    const logged = worker
      .logs()
      .filter((line) => line.startsWith("{"))
      .join("\n");
    const tokens = [signedUp.access_token, signedUp.refresh_token];
    const unsaid = [email, "Loggia", "quiet", "secret", chatId, ...tokens];
    for (const text of unsaid) expect(logged).not.toContain(text);
  });
});

/** The Worker's own log lines. */
function linesOf(worker: FastWorker): Record<string, unknown>[] {
  const own = worker.logs().filter((line) => line.startsWith("{"));
  return own.map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe("an invalid environment", () => {
  let worker: FastWorker;
  beforeAll(async () => {
    worker = await startFastWorker({ SECRET_KEY: "short-secret", TURN_LIMITS: '{"flush":1}' });
  });
  afterAll(() => worker.close());

  it("refuses every request, and names the variables but not their values", async () => {
    const response = await fetch(`${worker.url}/chats`);
    const body: unknown = await response.json();
    expect(response.status).toBe(500);
    expect(body).toMatchObject({ code: "misconfigured", variables: ["SECRET_KEY", "TURN_LIMITS"] });
    await loggedLine(worker, '"variables":"SECRET_KEY,TURN_LIMITS"');
    expect(JSON.stringify(body) + worker.logs().join("\n")).not.toContain("short-secret");
  });
});

describe("the documentation", () => {
  const visitor = anonymous(platformUrl);

  it("is two pages that load nothing from elsewhere, and run no inline script", async () => {
    for (const path of ["/docs", "/redoc"]) {
      const response = await visitor.fetch(path);
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
        const asset = await visitor.fetch(url);
        expect(asset.status, url).toBe(200);
        expect(asset.headers.get("x-content-type-options")).toBe("nosniff");
        expect(await asset.text()).not.toContain("cdn.redoc.ly");
      }
    }
  });

  it("is sent once, and then only when it has changed", async () => {
    const path = "/docs-assets/swagger-ui.css";
    const first = await visitor.fetch(path);
    expect(first.headers.get("content-type")).toBe("text/css; charset=utf-8");
    expect(first.headers.get("cache-control")).toBe("public, max-age=86400");
    await first.text();
    const tag = first.headers.get("etag") ?? "";
    const again = await visitor.fetch(path, { headers: { "if-none-match": tag } });
    expect({ status: again.status, body: await again.text() }).toEqual({ status: 304, body: "" });
  });

  it("serves no files but its own", async () => {
    for (const file of ["nothing.js", "..%2f..%2findex.js"]) {
      expectProblem(await visitor.get(`/docs-assets/${file}`), 404, "route_not_found");
    }
  });
});
