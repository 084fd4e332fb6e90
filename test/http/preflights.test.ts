import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { LOCAL_ORIGINS } from "../../local/settings.ts";
import { type SignedIn, signUp, workerUrl } from "../support/client.ts";
import { startFastWorker } from "../support/fast-worker.ts";
import { FRONTEND } from "../support/jar.ts";

const EVIL = "https://evil.example";

type Worker = Awaited<ReturnType<typeof startFastWorker>>;

let ada: SignedIn;
let strict: Worker;
let local: Worker;
beforeAll(async () => {
  ada = await signUp();
  strict = await startFastWorker({ ALLOWED_ORIGINS: FRONTEND, ALLOWED_ORIGINS_ONLY: "true" });
  local = await startFastWorker({ ALLOWED_ORIGINS: LOCAL_ORIGINS });
});
afterAll(async () => {
  await strict.close();
  await local.close();
});

type Asked = { origin: string; names?: string; method?: string; url?: string };

/** What a browser asks before it sends a request of a page. */
async function ask({ origin, names, method = "POST", url = workerUrl }: Asked) {
  const headers = {
    origin,
    "access-control-request-method": method,
    ...(names !== undefined && { "access-control-request-headers": names }),
  };
  const { status, headers: answered } = await fetch(`${url}/chats`, { method: "OPTIONS", headers });
  expect(status).toBe(204);
  const get = (name: string) => answered.get(`access-control-${name}`);
  return {
    origin: get("allow-origin"),
    credentials: get("allow-credentials"),
    methods: get("allow-methods"),
    headers: (get("allow-headers") ?? "").toLowerCase().split(","),
    vary: answered.get("vary") ?? "",
  };
}

/** As openai-node sends them from a browser. */
const OF_OPENAI =
  "authorization,content-type,user-agent,x-stainless-arch,x-stainless-lang,x-stainless-os,x-stainless-package-version,x-stainless-retry-count,x-stainless-runtime,x-stainless-runtime-version,x-stainless-timeout,openai-organization,openai-project";

describe("a preflight from an origin that is not configured", () => {
  it("is allowed for a request with a token, without credentials", async () => {
    for (const origin of [EVIL, "null", "http://localhost:5173", "app://-"]) {
      const seen = await ask({ origin, names: "authorization,content-type" });
      expect(seen).toMatchObject({ origin: "*", credentials: null });
      expect(seen.methods).toContain("DELETE");
      expect(seen.headers).toEqual(expect.arrayContaining(["authorization", "content-type"]));
      expect(seen.vary).toContain("Origin");
    }
  });

  it("is allowed nothing for a request without one, which cookies could sign in", async () => {
    for (const names of [undefined, "", "content-type", "x-authorization", "idempotency-key"]) {
      const seen = await ask({ origin: EVIL, ...(names !== undefined && { names }) });
      expect(seen).toMatchObject({ origin: null, credentials: null, methods: null, headers: [""] });
      expect(seen.vary).toContain("Origin");
    }
  });

  it("is allowed nothing where only the configured origins may call", async () => {
    const names = "authorization";
    expect(await ask({ origin: EVIL, names, url: strict.url })).toMatchObject({ origin: null });
    const seen = await ask({ origin: FRONTEND, names, url: strict.url });
    expect(seen).toMatchObject({ origin: FRONTEND, credentials: "true" });
  });
});

describe("a preflight", () => {
  it("may name what clients add by themselves", async () => {
    const added =
      "accept,traceparent,baggage,last-event-id,idempotency-key,x-api-key,x-vercel-ai-ui-message-stream,x-requested-with";
    for (const origin of [EVIL, FRONTEND]) {
      const seen = await ask({ origin, names: `${OF_OPENAI}, ${added.toUpperCase()}` });
      expect(seen.headers).toEqual(expect.arrayContaining(`${OF_OPENAI},${added}`.split(",")));
    }
  });

  it("is allowed no header that the rule does not name, and no unbounded list", async () => {
    const strange =
      "authorization,cookie,x-forwarded-for,cf-connecting-ip,x-stainless-\t,x-stainless-";
    const { headers } = await ask({ origin: EVIL, names: strange });
    for (const name of ["cookie", "x-forwarded-for", "cf-connecting-ip", "x-stainless-"]) {
      expect(headers).not.toContain(name);
    }
    const many = Array.from({ length: 500 }, (_, index) => `x-stainless-${index}`).join(",");
    expect(
      (await ask({ origin: EVIL, names: `authorization,${many}` })).headers.length,
    ).toBeLessThan(100);
  });
});

describe("a response to a page of another origin with a token", () => {
  it("exposes what clients read, and no credentials", async () => {
    const headers = { origin: EVIL, authorization: `Bearer ${ada.accessToken}` };
    const { status, headers: seen } = await fetch(`${workerUrl}/chats`, { headers });
    expect(status).toBe(200);
    expect(seen.get("access-control-allow-origin")).toBe("*");
    expect(seen.get("access-control-allow-credentials")).toBeNull();
    const exposed = (seen.get("access-control-expose-headers") ?? "").toLowerCase().split(",");
    expect(exposed).toEqual(
      expect.arrayContaining(
        "x-workflow-run-id x-workflow-stream-tail-index x-request-id retry-after ratelimit ratelimit-policy stream-next-offset stream-up-to-date stream-closed stream-cursor etag location".split(
          " ",
        ),
      ),
    );
    expect(exposed).not.toContain("set-cookie");
    expect(seen.get("vary")).toMatch(/Origin, Authorization/);
  });
});

describe("the settings of npm run dev", () => {
  it("allow every page on this machine, with cookies", async () => {
    for (const origin of [
      "http://localhost",
      "http://localhost:5173",
      "http://127.0.0.1:8080",
      "http://[::1]:4321",
    ]) {
      const seen = await ask({ origin, names: "content-type", url: local.url });
      expect(seen).toMatchObject({ origin, credentials: "true" });
    }
    for (const origin of ["https://localhost:5173", "http://localhost.evil.example", EVIL]) {
      const seen = await ask({ origin, names: "content-type", url: local.url });
      expect(seen).toMatchObject({ origin: null, credentials: null });
    }
  });
});
