/** A browser as far as sign-in goes: it keeps cookies, and sends the Origin of its page. */
import { type ApiResponse, clientWith } from "./client.ts";
import { PASSWORD } from "./logs/secrets.ts";

/** A page of this origin is allowed in the world of the tests. */
export const FRONTEND = "http://localhost:3000";

export class Jar {
  readonly cookies = new Map<string, string>();
  readonly origin: string | null;

  constructor(origin: string | null = FRONTEND) {
    this.origin = origin;
  }

  /** A jar with the same cookies on another page, or on none. */
  on(origin: string | null): Jar {
    const other = new Jar(origin);
    for (const [name, value] of this.cookies) other.cookies.set(name, value);
    return other;
  }

  get(path: string): Promise<ApiResponse> {
    return this.send("get", path);
  }

  post(path: string, body?: unknown): Promise<ApiResponse> {
    return this.send("post", path, body);
  }

  async send(
    method: "get" | "post" | "put" | "patch" | "delete",
    path: string,
    body?: unknown,
  ): Promise<ApiResponse> {
    const client = clientWith({
      ...(this.origin !== null && { origin: this.origin }),
      ...(this.cookies.size > 0 && { cookie: this.header() }),
    });
    const response = await (method === "get" ? client.get(path) : client[method](path, body));
    for (const cookie of response.headers.getSetCookie()) this.#keep(cookie);
    return response;
  }

  header(): string {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  }

  #keep(cookie: string): void {
    const [pair = "", ...attributes] = cookie.split("; ");
    const [name = "", value = ""] = pair.split("=");
    if (attributes.includes("Max-Age=0")) this.cookies.delete(name);
    else this.cookies.set(name, value);
  }
}

/** A browser that has signed up. */
export async function signedUpJar(): Promise<Jar> {
  const jar = new Jar();
  const email = `jar.${crypto.randomUUID()}@example.com`;
  await jar.post("/auth/register", { name: "Jar", email, password: PASSWORD });
  return jar;
}
