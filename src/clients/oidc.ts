/**
 * Sign-in through the configured OpenID Connect provider. The only file that knows oauth4webapi.
 *
 * @see OpenID Connect Core 1.0, RFC 7636 PKCE, RFC 9207 (`iss` in responses), RFC 9700 security practices
 */
import * as oauth from "oauth4webapi";
import { z } from "zod";
import type { Config } from "../env.ts";
import { readAtMost } from "../lib/bytes.ts";
import type { Clock } from "../lib/clock.ts";
import { logError, logEvent, nameOf } from "../lib/log.ts";
import { Problem, type ProblemCode } from "../lib/problem.ts";

/** What makes a response belong to a request; new for every sign-in. */
type OidcSecrets = { state: string; nonce: string; verifier: string };

/** What the provider says of a person, verified. */
export type Identity = {
  issuer: string;
  subject: string;
  email: string | undefined;
  emailVerified: boolean;
  name: string | undefined;
  groups: string[];
};

export type OidcClient = {
  /** Where the browser signs in. Throws `identity_provider_unavailable` or `identity_provider_failed`. */
  authorizationUrl(redirectUri: string, secrets: OidcSecrets): Promise<string>;
  /**
   * The person, by the parameters with which the browser came back. Also throws `sign_in_denied` and
   * `identity_rejected`.
   */
  identify(
    parameters: URLSearchParams,
    redirectUri: string,
    secrets: OidcSecrets,
  ): Promise<Identity>;
};

type OidcConfig = Pick<Config, "OIDC_CLIENT_SECRET" | "OIDC_SCOPES" | "OIDC_ADMIN_GROUP"> & {
  OIDC_ISSUER: string;
  OIDC_CLIENT_ID: string;
};

const CALL_TIMEOUT_MS = 5_000;
const MOST_BYTES = 256 * 1024;

/** The keys are kept for at most 5 minutes, by oauth4webapi. */
const METADATA_KEPT_MS = 60 * 60_000;

const CLOCK_TOLERANCE_SECONDS = 30;

/** OpenID Connect Core, section 2. */
const LONGEST_SUBJECT = 255;
const MOST_GROUPS = 1_000;

/** What is not of its type counts as absent; some providers send booleans as text. */
const Claims = z.object({
  email: z.string().optional().catch(undefined),
  email_verified: z.union([z.boolean(), z.stringbool()]).optional().catch(undefined),
  name: z.string().optional().catch(undefined),
  preferred_username: z.string().optional().catch(undefined),
  groups: z
    .union([z.array(z.string()).max(MOST_GROUPS), z.string().transform((group) => [group])])
    .optional()
    .catch(undefined),
});

type Claims = z.infer<typeof Claims>;

/** A client whose metadata of the provider is cached: one per isolate. */
export function createOidcClient(config: OidcConfig, clock: Clock): OidcClient {
  const provider = new Provider(config, clock);
  return {
    authorizationUrl: (redirectUri, secrets) => provider.authorizationUrl(redirectUri, secrets),
    identify: (parameters, redirectUri, secrets) =>
      provider.identify(parameters, redirectUri, secrets),
  };
}

class Provider {
  readonly #config: OidcConfig;
  readonly #client: oauth.Client;
  readonly #clock: Clock;
  readonly #settings: ReturnType<typeof settingsOf>;
  #metadata: { server: oauth.AuthorizationServer; expires: number } | undefined;

  constructor(config: OidcConfig, clock: Clock) {
    this.#config = config;
    this.#clock = clock;
    this.#client = {
      client_id: config.OIDC_CLIENT_ID,
      [oauth.clockTolerance]: CLOCK_TOLERANCE_SECONDS,
    };
    this.#settings = settingsOf(config);
  }

  async authorizationUrl(redirectUri: string, secrets: OidcSecrets): Promise<string> {
    const { authorization_endpoint: endpoint } = await this.#discover();
    if (endpoint === undefined) throw failed("no_authorization_endpoint");
    const url = new URL(endpoint);
    const parameters = {
      client_id: this.#client.client_id,
      response_type: "code",
      redirect_uri: redirectUri,
      scope: this.#config.OIDC_SCOPES,
      state: secrets.state,
      nonce: secrets.nonce,
      code_challenge: await oauth.calculatePKCECodeChallenge(secrets.verifier),
      code_challenge_method: "S256",
    };
    for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
    return url.href;
  }

  async identify(
    parameters: URLSearchParams,
    redirectUri: string,
    secrets: OidcSecrets,
  ): Promise<Identity> {
    const server = await this.#discover();
    try {
      const valid = oauth.validateAuthResponse(server, this.#client, parameters, secrets.state);
      const { subject, claims } = await this.#redeem(server, valid, redirectUri, secrets);
      return toIdentity(server.issuer, subject, claims);
    } catch (error) {
      throw toProblem(error);
    }
  }

  /** Only the value is kept: a promise of one request must not be awaited by another. */
  async #discover(): Promise<oauth.AuthorizationServer> {
    if (this.#metadata && this.#metadata.expires > this.#clock()) return this.#metadata.server;
    const issuer = new URL(this.#config.OIDC_ISSUER);
    try {
      const response = await oauth.discoveryRequest(issuer, this.#settings);
      const server = await oauth.processDiscoveryResponse(issuer, response);
      this.#metadata = { server, expires: this.#clock() + METADATA_KEPT_MS };
      return server;
    } catch (error) {
      throw error instanceof Problem ? error : failed(reasonOf(error));
    }
  }

  async #redeem(
    server: oauth.AuthorizationServer,
    valid: URLSearchParams,
    redirectUri: string,
    { nonce, verifier }: OidcSecrets,
  ): Promise<{ subject: string; claims: Claims }> {
    const client = this.#client;
    const response = await oauth.authorizationCodeGrantRequest(
      server,
      client,
      this.#authentication(server),
      valid,
      redirectUri,
      verifier,
      this.#settings,
    );
    const expected = { expectedNonce: nonce, requireIdToken: true };
    const tokens = await oauth.processAuthorizationCodeResponse(server, client, response, expected);
    await oauth.validateApplicationLevelSignature(server, response, this.#settings);
    const idToken = oauth.getValidatedIdTokenClaims(tokens);
    if (!idToken) throw new Problem("identity_rejected");
    const claims = Claims.parse(idToken);
    if (!this.#lacks(claims) || server.userinfo_endpoint === undefined) {
      return { subject: idToken.sub, claims };
    }
    const more = await this.#readUserInfo(server, tokens.access_token, idToken.sub);
    return { subject: idToken.sub, claims: { ...claims, ...more } };
  }

  /** Many providers put only the subject into the ID token (OpenID Connect Core, section 5.4). */
  #lacks({ email, email_verified: verified, groups }: Claims): boolean {
    const isWithoutGroups = this.#config.OIDC_ADMIN_GROUP !== undefined && groups === undefined;
    return email === undefined || verified === undefined || isWithoutGroups;
  }

  async #readUserInfo(
    server: oauth.AuthorizationServer,
    accessToken: string,
    subject: string,
  ): Promise<Claims> {
    const client = this.#client;
    const response = await oauth.userInfoRequest(server, client, accessToken, this.#settings);
    const info = await oauth.processUserInfoResponse(server, client, subject, response);
    const present = Object.entries(Claims.parse(info)).filter(([, value]) => value !== undefined);
    return Object.fromEntries(present);
  }

  #authentication(server: oauth.AuthorizationServer): oauth.ClientAuth {
    const secret = this.#config.OIDC_CLIENT_SECRET;
    if (secret === undefined) return oauth.None();
    // The default where the metadata does not name any (OpenID Connect Discovery, section 3).
    const methods = server.token_endpoint_auth_methods_supported ?? ["client_secret_basic"];
    return methods.includes("client_secret_basic")
      ? oauth.ClientSecretBasic(secret)
      : oauth.ClientSecretPost(secret);
  }
}

function settingsOf({ OIDC_ISSUER: issuer }: OidcConfig) {
  return {
    [oauth.customFetch]: fetchBounded,
    [oauth.allowInsecureRequests]: issuer.startsWith("http:"),
    signal: () => AbortSignal.timeout(CALL_TIMEOUT_MS),
  };
}

function toIdentity(issuer: string, subject: string, claims: Claims): Identity {
  if (subject.length > LONGEST_SUBJECT) throw new Problem("identity_rejected");
  return {
    issuer,
    subject,
    email: claims.email,
    emailVerified: claims.email_verified ?? false,
    name: claims.name ?? claims.preferred_username,
    groups: claims.groups ?? [],
  };
}

type Call = {
  method: string;
  headers: Record<string, string>;
  redirect: "manual";
  body?: URLSearchParams | undefined;
  signal?: AbortSignal | undefined;
};

/**
 * `fetch` whose response is read here, up to a limit, within the timeout of its signal. Throws
 * `identity_provider_unavailable` for everything that is no response, or an error of the server.
 */
async function fetchBounded(url: string, call: Call): Promise<Response> {
  const { method, headers: sent, redirect, body = null, signal = null } = call;
  const response = await reach(url, { method, headers: sent, redirect, body, signal });
  if (response.status >= 500 || response.status === 429) {
    throw unavailable(`status_${response.status}`);
  }
  const { status, headers } = response;
  return new Response(response.bytes.byteLength > 0 ? response.bytes : null, { status, headers });
}

async function reach(url: string, init: RequestInit) {
  try {
    const { status, headers, body } = await fetch(url, init);
    const bytes = body ? await readAtMost(body, MOST_BYTES) : new Uint8Array();
    if (!bytes) throw new RangeError("The response is too long.");
    return { status, headers, bytes };
  } catch (error) {
    throw unavailable(nameOf(error));
  }
}

/** Nothing of the provider's own text reaches the client. */
function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const code = codeOf(error);
  logEvent("identity_provider_response_refused", { code, reason: reasonOf(error) });
  return new Problem(code, { cause: error });
}

const DENIED = new Set([
  "access_denied",
  "login_required",
  "interaction_required",
  "consent_required",
  "account_selection_required",
]);

const MALFORMED = new Set<string | undefined>([
  oauth.PARSE_ERROR,
  oauth.RESPONSE_IS_NOT_JSON,
  oauth.RESPONSE_IS_NOT_CONFORM,
  oauth.WWW_AUTHENTICATE_CHALLENGE,
  oauth.MISSING_SERVER_METADATA,
  oauth.INVALID_SERVER_METADATA,
  oauth.HTTP_REQUEST_FORBIDDEN,
]);

function codeOf(error: unknown): ProblemCode {
  if (error instanceof oauth.AuthorizationResponseError) {
    return DENIED.has(error.error) ? "sign_in_denied" : "identity_provider_failed";
  }
  if (error instanceof oauth.ResponseBodyError) {
    return error.error === "invalid_grant" ? "identity_rejected" : "identity_provider_failed";
  }
  return MALFORMED.has(reasonOf(error)) ? "identity_provider_failed" : "identity_rejected";
}

/** The library's code, or the name of the error: never its message. */
function reasonOf(error: unknown): string {
  const code: unknown = error instanceof Error ? Reflect.get(error, "code") : undefined;
  return typeof code === "string" ? code : nameOf(error);
}

function failed(reason: string): Problem {
  logError("identity_provider_failed", { reason });
  return new Problem("identity_provider_failed");
}

function unavailable(reason: string): Problem {
  logError("identity_provider_unavailable", { reason });
  return new Problem("identity_provider_unavailable");
}
