/** A browser that signs in at the local OpenID Connect provider. */
import { expect } from "vitest";
import type { LocalOidc, Person } from "../../local/oidc.ts";

/** A page of an allowed origin. */
export const PAGE = "http://localhost:3000/welcome";

/** Cookies by host, and redirects one by one. */
export class Browser {
  readonly #cookies = new Map<string, Map<string, string>>();

  /** The response to a navigation; redirects are not followed. */
  async open(url: string, init: RequestInit = {}): Promise<Response> {
    const { host } = new URL(url);
    const headers = new Headers(init.headers);
    const jar = this.#cookies.get(host) ?? new Map<string, string>();
    this.#cookies.set(host, jar);
    if (jar.size > 0) headers.set("cookie", [...jar].map((pair) => pair.join("=")).join("; "));
    const response = await fetch(url, { redirect: "manual", ...init, headers });
    for (const cookie of response.headers.getSetCookie()) keep(jar, cookie);
    return response;
  }

  /** The names of the cookies of a host. */
  cookiesOf(url: string): string[] {
    return [...(this.#cookies.get(new URL(url).host)?.keys() ?? [])];
  }

  /** A browser with the same cookies. */
  copy(): Browser {
    const other = new Browser();
    for (const [host, jar] of this.#cookies) other.#cookies.set(host, new Map(jar));
    return other;
  }
}

function keep(jar: Map<string, string>, cookie: string): void {
  const [pair = ""] = cookie.split(";");
  const [name = ""] = pair.split("=", 1);
  if (/;\s*(max-age=0|expires=Thu, 01 Jan 1970)/i.test(cookie)) jar.delete(name);
  else jar.set(name, pair.slice(name.length + 1));
}

/** Where a response sends the browser. */
export function locationOf(response: Response): string {
  expect(response.status).toBeGreaterThanOrEqual(301);
  expect(response.status).toBeLessThanOrEqual(303);
  return response.headers.get("location") ?? "";
}

/**
 * Follows the provider from its authorization URL, as `person` or cancelling; returns the URL of our
 * callback, which is not opened yet.
 */
export async function atProvider(
  browser: Browser,
  authorizationUrl: string,
  person: string | undefined,
): Promise<string> {
  const { origin } = new URL(authorizationUrl);
  let url = authorizationUrl;
  for (let step = 0; step < 10 && url.startsWith(origin); step++) {
    const response = await browser.open(url);
    const isPage = response.status === 200;
    const choice = person === undefined ? "?cancel" : `?person=${person}`;
    url = new URL(isPage ? choice : locationOf(response), url).href;
  }
  return url;
}

/** Signs in from start to end; returns where the browser ends. */
export async function signInAt(
  workerUrl: string,
  { browser = new Browser(), person, query = {} }: SignInOptions,
): Promise<Response> {
  const start = new URL("/auth/oidc/start", workerUrl);
  for (const [name, value] of Object.entries(query)) start.searchParams.set(name, value);
  const authorizationUrl = locationOf(await browser.open(start.href));
  return browser.open(await atProvider(browser, authorizationUrl, person));
}

type SignInOptions = {
  browser?: Browser;
  person?: string | undefined;
  query?: Record<string, string>;
};

/** A new person at the provider; returns the subject. */
export function newPerson(oidc: LocalOidc, claims: Partial<Person> = {}): string {
  const subject = `subject-${crypto.randomUUID()}`;
  const email = `${subject}@firm.example`;
  oidc.people.set(subject, {
    email,
    email_verified: true,
    name: "Olga Example",
    groups: [],
    ...claims,
  });
  return subject;
}
