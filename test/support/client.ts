/** A user of the product over HTTP. Every response is checked against the OpenAPI document. */
import { expect, inject } from "vitest";
import { catalogue, type ProblemCode } from "../../src/lib/problem.ts";
import { PASSWORD } from "./logs/secrets.ts";
import { checkAgainstDocument } from "./openapi.ts";

/** Bodies are checked against the document, so that tests need no types for them. */
export type Body = ReturnType<typeof JSON.parse>;

export type ApiResponse = { status: number; headers: Headers; body: Body };

type Given = Record<string, string>;

/** A body: a string, bytes or a form are sent unchanged, everything else as JSON. */
export type Client = {
  get: (path: string, headers?: Given) => Promise<ApiResponse>;
  post: (path: string, body?: unknown, headers?: Given) => Promise<ApiResponse>;
  put: (path: string, body?: unknown, headers?: Given) => Promise<ApiResponse>;
  patch: (path: string, body?: unknown, headers?: Given) => Promise<ApiResponse>;
  delete: (path: string, body?: unknown, headers?: Given) => Promise<ApiResponse>;
  /** The raw response, unchecked: for streams that are read piece by piece. */
  fetch: (path: string, init?: RequestInit) => Promise<Response>;
};

export type SignedIn = Client & {
  user: Body;
  password: string;
  accessToken: string;
  refreshToken: string;
};

export const workerUrl = inject("workerUrl");
/** The Worker with queues and the other services of the platform, for uploads. */
export const platformUrl = inject("platformUrl");

/** Creates an account with an address of its own: at the Workers of the run without a registration. */
export async function signUp(name = "Ada Example", baseUrl = workerUrl): Promise<SignedIn> {
  const email = `ada.${crypto.randomUUID()}@example.com`;
  const isOfRun = baseUrl === workerUrl || baseUrl === platformUrl;
  const { status, body } = isOfRun
    ? await plant({ name, email })
    : await anonymous(baseUrl).post("/auth/register", { name, email, password: PASSWORD });
  expect(status, JSON.stringify(body)).toBe(201);
  return {
    ...bearer(body.access_token, baseUrl),
    user: body.user,
    password: PASSWORD,
    accessToken: body.access_token,
    refreshToken: body.refresh_token,
  };
}

async function plant(account: { name: string; email: string }) {
  const response = await fetch(inject("accountsUrl"), {
    method: "POST",
    body: JSON.stringify(account),
  });
  return { status: response.status, body: await response.json() };
}

/** Creates an account that uploads files. */
export function signUpWithFiles(name?: string): Promise<SignedIn> {
  return signUp(name, platformUrl);
}

/** A client without a sign-in. */
export function anonymous(baseUrl = workerUrl): Client {
  return clientWith({}, baseUrl);
}

/** A client with this access token. */
export function bearer(accessToken: string, baseUrl = workerUrl): Client {
  return clientWith({ authorization: `Bearer ${accessToken}` }, baseUrl);
}

/** The same user at another Worker of this world. */
export function at(baseUrl: string, of: SignedIn): SignedIn {
  return { ...of, ...bearer(of.accessToken, baseUrl) };
}

/** A client that sends these headers with every request. */
export function clientWith(always: Given, baseUrl = workerUrl): Client {
  const send =
    (method: string) =>
    (path: string, body?: unknown, headers: Given = {}) =>
      request(baseUrl, {
        method,
        path,
        body,
        headers: { ...acceptOf(path), ...always, ...headers },
      });
  return {
    get: (path, headers = {}) => send("GET")(path, undefined, headers),
    post: send("POST"),
    put: send("PUT"),
    patch: send("PATCH"),
    delete: send("DELETE"),
    fetch: (path, init = {}) => {
      const headers = new Headers({ ...always, ...Object.fromEntries(new Headers(init.headers)) });
      return fetch(baseUrl + path, { redirect: "manual", ...init, headers });
    },
  };
}

/** Asserts that the response is the catalogued problem. */
export function expectProblem(
  response: ApiResponse,
  status: number,
  code: ProblemCode,
  pointer?: string,
): void {
  const { body } = response;
  expect({ status: response.status, code: body?.code }, JSON.stringify(body)).toEqual({
    status,
    code,
  });
  expect(response.headers.get("content-type")).toBe("application/problem+json");
  expect(body).toMatchObject({
    status,
    title: catalogue[code].title,
    detail: catalogue[code].detail,
  });
  expect(body.request_id).toBe(response.headers.get("x-request-id"));
  if (pointer !== undefined) {
    expect(body.errors.map((error: { pointer: string }) => error.pointer)).toContain(pointer);
  }
}

/** Routes of the AI SDK respond with text where nothing asks for JSON. */
function acceptOf(path: string): Given {
  return path.startsWith("/ai-sdk/") ? { accept: "application/json" } : {};
}

type Request = { method: string; path: string; body: unknown; headers: Given };

async function request(
  baseUrl: string,
  { method, path, body, headers }: Request,
): Promise<ApiResponse> {
  const response = await fetch(baseUrl + path, {
    method,
    redirect: "manual",
    ...toInit(body, headers),
  });
  const received = {
    status: response.status,
    headers: response.headers,
    body: await read(response),
  };
  await checkAgainstDocument(method, path, received);
  return received;
}

function toInit(body: unknown, headers: Given): RequestInit {
  if (body === undefined) return { headers };
  // Its content type names the boundary, which fetch makes.
  if (body instanceof FormData) return { headers, body };
  const sent = { "content-type": "application/json", ...headers };
  if (typeof body === "string" || body instanceof Uint8Array) {
    return { headers: sent, body: body as BodyInit };
  }
  return { headers: sent, body: JSON.stringify(body) };
}

async function read(response: Response): Promise<Body> {
  const text = await response.text();
  const type = response.headers.get("content-type") ?? "";
  if (text === "" && !type.includes("json")) return undefined;
  return /[/+]json\b/.test(type) ? JSON.parse(text) : text;
}
