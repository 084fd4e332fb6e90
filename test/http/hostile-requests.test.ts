import { once } from "node:events";
import { request } from "node:http";
import { connect } from "node:net";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newChat } from "../support/chats.ts";
import { anonymous, at, bearer, expectProblem, type SignedIn, signUp } from "../support/client.ts";
import { type FastWorker, startFastWorker } from "../support/fast-worker.ts";
import { signedUpJar } from "../support/jar.ts";
import { query } from "../support/postgres.ts";
import { jwtRefreshToken, tokensAt } from "../support/tokens.ts";

const SECOND = 1_000;
const DASHES = "-".repeat(36);

let ada: SignedIn;
let server: FastWorker;
beforeAll(async () => {
  [ada, server] = await Promise.all([signUp(), startFastWorker({ BODY_TIMEOUT_MS: "300" })]);
});
afterAll(() => server.close());

/** Sends the beginning of a request, and reads the response. */
async function sendRaw(url: string, lines: string[], body = ""): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.setEncoding("utf8");
  socket.write(`${lines.join("\r\n")}\r\nHost: ${hostname}\r\n\r\n${body}`);
  let received = "";
  socket.on("data", (text) => (received += text));
  while (!received.includes('"request_id"')) await once(socket, "data");
  socket.destroy();
  return received;
}

const postChat = () => [
  "POST /chats HTTP/1.1",
  `Authorization: Bearer ${ada.accessToken}`,
  "Content-Type: application/json",
];

describe("input that could cause a 500", () => {
  it("is refused in a file's id, in a cursor and in a content type", async () => {
    const linked = { content: "x", file_url: `/files/${DASHES}/content` };
    expectProblem(await ada.post("/chat", linked), 422, "validation_failed", "/file_url");
    const file = { original_name: "a.pdf", file_size: 1, sha256: "0".repeat(64) };
    for (const type of ["application/pdf\r\nX: 1", "text/пример", "pdf", "a/b;\u007f", "a/b c"]) {
      const response = await ada.post("/files", { ...file, content_type: type });
      expectProblem(response, 422, "validation_failed", "/content_type");
    }
    const files = await query("SELECT id FROM files WHERE user_id = $1", [ada.user.id]);
    expect(files).toEqual([]);
  });

  it("is accepted where a cursor has a finer time than Postgres stores", async () => {
    const time = `2026-01-01T00:00:00.${"123456789".repeat(20)}Z`;
    const encode = (parts: unknown[]) => Buffer.from(JSON.stringify(parts)).toString("base64url");
    const chats = encode([false, time, crypto.randomUUID()]);
    expect((await ada.get(`/chats?cursor=${chats}`)).status).toBe(200);
    const files = encode([time, crypto.randomUUID()]);
    expect((await ada.get(`/files?cursor=${files}`)).status).toBe(200);
  });

  it("is refused as a token without a user's id, or with an invalid counter", async () => {
    const [sub, sid] = [ada.user.id, crypto.randomUUID()];
    for (const [userId, sessionId] of [
      ["me", sid],
      [sub, DASHES],
      ["", sid],
    ] as const) {
      const token = await tokensAt(0).issueAccess({ userId, sessionId });
      expectProblem(await bearer(token).get("/users/me"), 401, "invalid_token");
    }
    for (const refreshCounter of [-1, 0.5, 2 ** 31, 1e300]) {
      const claims = { userId: sub, sessionId: sid, refreshCounter };
      const tokens = [tokensAt(0).issueRefresh(claims), jwtRefreshToken(claims)];
      for (const token of await Promise.all(tokens)) {
        const response = await anonymous().post("/auth/refresh", { refresh_token: token });
        expectProblem(response, 401, "invalid_token");
      }
    }
  });
});

describe("a body", () => {
  it("with very many errors names the first fifty, in few bytes", async () => {
    const many = Object.fromEntries(Array.from({ length: 20_000 }, (_, index) => [`f${index}`, 1]));
    for (const body of [many, { ["k".repeat(200_000)]: 1 }]) {
      const response = await ada.post("/chats", body);
      expectProblem(response, 422, "validation_failed");
      expect(response.body.errors.length).toBeLessThanOrEqual(50);
      expect(JSON.stringify(response.body).length).toBeLessThan(10_000);
    }
  });

  it.each([
    "1e400",
    "-1e400",
    "9007199254740993",
    "-9007199254740993",
    "12345678901234567890",
    "1e-400",
  ])("with the number %s, which cannot be stored, is refused", async (number) => {
    const body = `{"content":"x","metadata":{"a":[1,{"b":${number}}]}}`;
    const response = await ada.post("/chat", body);
    expectProblem(response, 422, "validation_failed", "/metadata/a/1/b");
    expect(response.body.errors[0].code).toBe("unkept_number");
  });

  it("with any other number is stored", async () => {
    const numbers =
      "0,-0,0e9,1.0,1e3,0.1,3.14159265358979323846,9007199254740992,1e23,1E+22,-1.5e-7";
    const chatId = await newChat(ada);
    const body = `{"chat_id":"${chatId}","type":"user","content":"x","metadata":{"a":[${numbers}]}}`;
    const response = await ada.post("/messages", body);
    expect(response.body.metadata.a).toEqual(JSON.parse(`[${numbers.replace("-0,", "0,")}]`));
  });

  it("that is compressed is refused, whatever it contains", async () => {
    for (const encoding of ["gzip", "br", "GZIP", "gzip, identity", "x"]) {
      const packed = new Uint8Array(gzipSync("{}"));
      const response = await ada.post("/chats", packed, { "content-encoding": encoding });
      expectProblem(response, 415, "unsupported_content_encoding");
      expect(response.headers.get("accept-encoding")).toBe("identity");
    }
    expect((await ada.post("/chats", {}, { "content-encoding": "identity" })).status).toBe(201);
  });

  it("that announces ten gigabytes is refused before it arrives", async () => {
    const received = await sendRaw(server.url, [...postChat(), "Content-Length: 10000000000"]);
    expect(received).toContain("413 ");
    expect(received).toContain('"body_too_large"');
  });

  it("that does not arrive in time is refused, whether its length is known or not", async () => {
    for (const [length, beginning] of [
      ["Content-Length: 100", '{"title":'],
      ["Transfer-Encoding: chunked", '9\r\n{"title":\r\n'],
    ]) {
      const received = await sendRaw(server.url, [...postChat(), length ?? ""], beginning);
      expect(received).toContain("408 ");
      expect(received).toContain('"body_too_slow"');
    }
  });
});

describe("plain http", () => {
  const post = async (host: string, path: string, body: object) => {
    const headers = { host, "content-type": "application/json" };
    const sent = request(server.url + path, { method: "POST", headers });
    sent.end(JSON.stringify(body));
    const [response] = await once(sent, "response");
    let text = "";
    for await (const chunk of response) text += chunk;
    return { status: response.statusCode, body: JSON.parse(text), headers: response.headers };
  };

  it("issues no token except on localhost, and says why", async () => {
    const email = ada.user.email;
    for (const host of [
      "api.example.com",
      "10.0.0.1",
      "localhost.example.com",
      "127.example.com",
    ]) {
      for (const [path, body] of [
        ["/auth/login", { email, password: ada.password }],
        ["/auth/register", { name: "Eve", email, password: ada.password }],
        ["/auth/refresh", { refresh_token: ada.refreshToken }],
      ] as const) {
        const response = await post(host, path, body);
        expect([response.status, response.body.code]).toEqual([421, "https_required"]);
        expect(response.headers["set-cookie"]).toBeUndefined();
      }
    }
  });

  it("issues tokens on localhost", async () => {
    for (const host of ["localhost:8787", "api.localhost", "127.0.0.1", "[::1]:8787"]) {
      const response = await post(host, "/auth/refresh", { refresh_token: "none" });
      expect(response.body.code).toBe("invalid_token");
    }
  });
});

describe("an invalid bearer token", () => {
  it("never falls back to the cookie", async () => {
    const jar = await signedUpJar();
    const cookie = [...jar.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const headers = { cookie, origin: "http://localhost:3000" };
    const nobody = anonymous();
    for (const [body, more] of [
      [{ refresh_token: "" }, {}],
      [{}, { authorization: "Bearer" }],
      [{}, { authorization: "Basic" }],
      [{ refresh_token: null }, { authorization: "," }],
    ] as const) {
      const response = await nobody.post("/auth/refresh", body, { ...headers, ...more });
      expect([response.status, response.headers.getSetCookie()]).toEqual([401, []]);
    }
    expect((await nobody.get("/users/me", { ...headers, authorization: "Bearer" })).status).toBe(
      401,
    );
    await nobody.post("/auth/logout", { refresh_token: "" }, headers);
    expect((await nobody.post("/auth/refresh", {}, headers)).status).toBe(200);
  });
});

describe("a token", () => {
  it("is valid where the clocks of two machines differ by a few seconds", async () => {
    const claims = { userId: ada.user.id, sessionId: crypto.randomUUID() };
    for (const [offset, status] of [
      [3 * SECOND, 200],
      [-15 * 60 * SECOND - 3 * SECOND, 200],
      [20 * SECOND, 401],
      [-15 * 60 * SECOND - 20 * SECOND, 401],
    ] as const) {
      const token = await tokensAt(offset).issueAccess(claims);
      expect((await bearer(token).get("/users/me")).status, String(offset)).toBe(status);
    }
  });
});

describe("the health of the parts", () => {
  it("is checked once for forty concurrent requests", async () => {
    const nobody = at(server.url, ada);
    const responses = await Promise.all(Array.from({ length: 40 }, () => nobody.get("/health")));
    expect(new Set(responses.map(({ body }) => body.timestamp)).size).toBe(1);
  });
});
