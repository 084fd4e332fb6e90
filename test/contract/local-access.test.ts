/**
 * Which requests the stand-ins accept: none without the key of this start, and none of a page in a browser.
 */
import { neon, neonConfig } from "@neondatabase/serverless";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { startNeon } from "../../local/neon.ts";
import { startProvider } from "../../local/openai.ts";
import { type LocalS3, startS3 } from "../../local/s3.ts";
import { type Sent, statusOf, withHeaders } from "../support/sent.ts";
import { send, signFor } from "../support/signed-wire.ts";

const PAGE = "http://localhost:3000";
const bearer = (key: string) => ({ authorization: `Bearer ${key}` });
const { neon: neonKey, provider: providerKey, s3: s3Key } = inject("controlKeys");
const { DATABASE_URL = "", OPENAI_API_KEY = "" } = inject("vars");

/** One request per stand-in that it answers with 200, as its own client sends it. */
const ADDRESSES: [string, () => Sent | Promise<Sent>][] = [
  ["Neon", () => askNeon(DATABASE_URL)],
  ["Neon's control", () => controlOf(inject("neonUrl"), "calls", neonKey)],
  ["the bucket", async () => signed(bucket)],
  ["the bucket's control", () => controlOf(inject("s3Url"), "calls", s3Key)],
  ["the provider", () => askProvider(OPENAI_API_KEY)],
  ["the provider's control", () => controlOf(inject("providerUrl"), "requests", providerKey)],
];

let bucket: LocalS3;
beforeAll(async () => {
  bucket = await startS3({ bucket: "access", origins: [PAGE] });
});
afterAll(() => bucket.close());

function askNeon(connectionString: string): Sent {
  const headers = { "neon-connection-string": connectionString };
  const body = JSON.stringify({ query: "SELECT 1", params: [] });
  return { url: inject("neonUrl"), method: "POST", headers, body };
}

function askProvider(key: string): Sent {
  return { url: `${inject("providerUrl")}/v1/models`, headers: bearer(key) };
}

/** Matches nothing: a text that no call contains. */
function controlOf(base: string, kind: string, key: string): Sent {
  const url = new URL(`/_control/${kind}?contains=${crypto.randomUUID()}`, base).href;
  return { url, headers: bearer(key) };
}

async function signed(service: LocalS3): Promise<Sent> {
  const { url, init } = await signFor(service, "", { query: { "list-type": "2" } });
  return { url, headers: init.headers };
}

describe.each(ADDRESSES)("%s", (name, open) => {
  it("answers its own client", async () => {
    expect(await statusOf(await open())).toBe(200);
  });

  it("refuses the Host of a page whose name was rebound to this machine", async () => {
    const sent = await open();
    const { port } = new URL(sent.url);
    const foreign = ["evil.example", `evil.example:${port}`, `127.0.0.1.evil.example:${port}`];
    for (const host of [...foreign, "127.0.0.1:1", "localhost", `access.evil.example:${port}`]) {
      expect([host, await statusOf(withHeaders(sent, { host }))]).toEqual([host, 421]);
    }
  });

  it("accepts every loopback name", async () => {
    const sent = await open();
    const { port } = new URL(sent.url);
    for (const loopback of ["localhost", "LOCALHOST", "[::1]"]) {
      const status = await statusOf(withHeaders(sent, { host: `${loopback}:${port}` }));
      // The signature covers the host.
      expect(status).toBe(name === "the bucket" ? 403 : 200);
    }
  });

  it("refuses pages of another origin, their preflights and their socket upgrades", async () => {
    const sent = await open();
    const upgrade = { connection: "Upgrade", upgrade: "websocket", "sec-websocket-version": "13" };
    for (const origin of ["http://evil.example", "http://localhost:3001", "https://127.0.0.1"]) {
      const preflight = { ...sent, method: "OPTIONS" };
      const asked = { origin, "access-control-request-method": "GET" };
      expect(await statusOf(withHeaders(sent, { origin }))).toBe(403);
      expect(await statusOf(withHeaders(preflight, asked))).toBe(403);
      expect(await statusOf(withHeaders(sent, { origin, ...upgrade }))).toBe(403);
    }
  });

  it("recognises a page's request without an Origin by Sec-Fetch-Site, and lets signed links through", async () => {
    for (const site of ["cross-site", "same-site"]) {
      const status = await statusOf(withHeaders(await open(), { "sec-fetch-site": site }));
      expect(status).toBe(name === "the bucket" ? 200 : 403);
    }
  });
});

describe("a wrong key", () => {
  it("fails authentication in Neon's driver", async () => {
    const usual = neonConfig.fetchEndpoint;
    neonConfig.fetchEndpoint = inject("neonUrl");
    const wrong = new URL(DATABASE_URL);
    wrong.password = "local";
    const failure = await neon(wrong.href)
      .query("SELECT 1")
      .catch((error: unknown) => error);
    neonConfig.fetchEndpoint = usual;
    expect(failure).toMatchObject({
      name: "NeonDbError",
      message: "password authentication failed for user 'local'",
      code: "",
    });
    for (const other of [
      "postgres://local.neon.test/indifly",
      DATABASE_URL.replace("local", "x"),
    ]) {
      expect(await statusOf(askNeon(other))).toBe(400);
    }
  });

  it("is unknown to the bucket, and a wrong secret makes a wrong signature", async () => {
    const query = { "list-type": "2" };
    const unknown = await signFor({ ...bucket, accessKeyId: "LOCAL" }, "", { query });
    expect(await send(unknown)).toMatchObject({ status: 403, code: "InvalidAccessKeyId" });
    const wrong = await signFor({ ...bucket, secretAccessKey: "local" }, "", { query });
    expect(await send(wrong)).toMatchObject({ status: 403, code: "SignatureDoesNotMatch" });
  });

  it("is refused by the provider as OpenAI refuses it", async () => {
    for (const key of ["local", `${OPENAI_API_KEY}x`]) {
      const { url, headers = {} } = askProvider(key);
      const response = await fetch(url, { headers });
      expect(response.status).toBe(401);
      expect(await response.json()).toMatchObject({ error: { code: "invalid_api_key" } });
    }
  });

  it("opens no control endpoint, not even that of another stand-in", async () => {
    const controls = ADDRESSES.filter(([name]) => name.endsWith("control"));
    for (const [, open] of controls) {
      const sent = await open();
      const others = [neonKey, s3Key, providerKey].filter(
        (key) => sent.headers?.authorization !== bearer(key).authorization,
      );
      expect(others).toHaveLength(2);
      for (const key of [...others, ""]) {
        expect(await statusOf(withHeaders(sent, bearer(key)))).toBe(401);
      }
      expect(await statusOf({ ...sent, headers: {} })).toBe(401);
    }
  });
});

it("Each start generates its own keys", async () => {
  await using stack = new AsyncDisposableStack();
  const starts = await Promise.all(
    [1, 2].map(async () => {
      const copyOf = inject("emptyPostgres");
      const neon = await startNeon({ control: true, copyOf });
      const s3 = await startS3({ bucket: "b", control: true });
      const provider = await startProvider({ control: true });
      for (const { close } of [neon, s3, provider]) stack.defer(close);
      const { accessKeyId, secretAccessKey } = s3;
      const controls = [neon.controlKey, s3.controlKey, provider.controlKey];
      const { password } = new URL(neon.connectionString);
      return [password, accessKeyId, secretAccessKey, provider.apiKey, ...controls];
    }),
  );
  const keys = starts.flat();
  expect(new Set(keys).size).toBe(14);
  expect(keys.every((key) => key !== undefined && key.length >= 20)).toBe(true);
});
