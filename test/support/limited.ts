/** A Worker with small limits, and clients of any address. */
import { type ApiResponse, bearer, type Client, clientWith, type SignedIn } from "./client.ts";
import { type FastWorker, startFastWorker } from "./fast-worker.ts";
import type { Vars } from "./worker.ts";
import { PASSWORD } from "./logs/secrets.ts";
const HOUR = 3_600;

/** So many in an hour: none comes back during a test. */
export const hourly = (count: number) => [{ count, seconds: HOUR }];

export type LimitedWorker = FastWorker & {
  /** A client without a sign-in, at the address that the platform reports. */
  from: (address: string, headers?: Record<string, string>) => Client;
  /** A new account, registered at an address of its own. */
  signUp: () => Promise<SignedIn>;
};

/** Starts it with these limits; all others are as good as none. */
export async function startLimited(limits: object, vars: Vars = {}): Promise<LimitedWorker> {
  const names = [
    "api",
    "turns",
    "uploads",
    "sign_in_address",
    "sign_in_account",
    "step_up",
    "mail",
  ];
  const wide = Object.fromEntries(names.map((name) => [name, hourly(100_000)]));
  const LIMITS = JSON.stringify({
    ...wide,
    turns_at_once: 1_000,
    turns_in_all: 100_000,
    ...limits,
  });
  const worker = await startFastWorker({ LIMITS, ...vars });
  const from = (address: string, headers = {}) =>
    clientWith({ "cf-connecting-ip": address, ...headers }, worker.url);
  return { ...worker, from, signUp: () => signUpFrom(from(newAddress()), worker.url) };
}

async function signUpFrom(client: Client, url: string): Promise<SignedIn> {
  const email = `ada.${crypto.randomUUID()}@example.com`;
  const account = { name: "Ada Example", email, password: PASSWORD };
  const { body } = await client.post("/auth/register", account);
  const tokens = { accessToken: body.access_token, refreshToken: body.refresh_token };
  return { ...bearer(body.access_token, url), user: body.user, password: PASSWORD, ...tokens };
}

/** An address that no other test has. */
export function newAddress(): string {
  const groups = crypto.getRandomValues(new Uint16Array(2));
  return `2001:db8:${[...groups].map((group) => group.toString(16)).join(":")}::1`;
}

/** How many responses have each status. */
export function countStatuses(responses: readonly ApiResponse[]): Record<number, number> {
  const counts: Record<number, number> = {};
  for (const { status } of responses) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

/** So many calls at once. */
export function atOnce<T>(count: number, call: (index: number) => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: count }, (_, index) => call(index)));
}
