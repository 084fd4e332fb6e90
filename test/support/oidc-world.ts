/** A Worker with the local OpenID Connect provider. */
import { expect } from "vitest";
import { ADMIN_GROUP, type LocalOidc, startOidc } from "../../local/oidc.ts";
import { type ApiResponse, anonymous, type Body, bearer, type Client } from "./client.ts";
import { type FastWorker, startFastWorker } from "./fast-worker.ts";
import { locationOf, PAGE, signInAt } from "./oidc.ts";

export type OidcWorld = {
  oidc: LocalOidc;
  worker: FastWorker;
  exchange: (body: object) => Promise<ApiResponse>;
  /** The code that a sign-in adds to the page. */
  codeOf: (person: string, given?: Record<string, string>) => Promise<string>;
  /** Signs in by code. */
  signedIn: (person: string) => Promise<Client & { user: Body }>;
  close: () => Promise<void>;
};

export async function startOidcWorld(): Promise<OidcWorld> {
  const oidc = await startOidc();
  const worker = await startFastWorker({
    OIDC_ISSUER: oidc.issuer,
    OIDC_CLIENT_ID: oidc.clientId,
    OIDC_CLIENT_SECRET: oidc.clientSecret,
    OIDC_ADMIN_GROUP: ADMIN_GROUP,
  });
  const exchange = (body: object) => anonymous(worker.url).post("/auth/oidc/exchange", body);
  const codeOf = async (person: string, given: Record<string, string> = {}) => {
    const query = { mode: "code", return_to: PAGE, ...given };
    const end = await signInAt(worker.url, { person, query });
    return new URL(locationOf(end)).searchParams.get("code") ?? "";
  };
  return {
    oidc,
    worker,
    exchange,
    codeOf,
    signedIn: async (person) => {
      const { status, body } = await exchange({ code: await codeOf(person) });
      expect(status, JSON.stringify(body)).toBe(200);
      return { ...bearer(body.access_token, worker.url), user: body.user };
    },
    close: async () => {
      await worker.close();
      await oidc.close();
    },
  };
}

/** The error with which the page is opened. */
export const errorOf = (response: Response): string =>
  new URL(locationOf(response)).searchParams.get("error") ?? "none";
