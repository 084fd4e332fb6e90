/** An OpenID Connect provider that sends whatever a test wants. */
import { createServer, type ServerResponse } from "node:http";
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from "jose";
import { freePort } from "../../local/ports.ts";

export type Behaviour = {
  metadata?: Record<string, unknown>;
  /** Of the ID token, over those of a good one. */
  claims?: Record<string, unknown>;
  /** Signs by another key than the published one. */
  isForeignKey?: boolean;
  /** In place of the signed ID token. */
  idToken?: (claims: JWTPayload) => string | Promise<string>;
  userInfo?: Record<string, unknown>;
  /** The whole response of an endpoint, by its path. */
  responses?: Record<string, (response: ServerResponse) => void>;
};

export type HostileIssuer = {
  issuer: string;
  /** How it behaves from now on; the nonce is that of the next sign-in. */
  behave: (behaviour: Behaviour) => void;
  setNonce: (nonce: string) => void;
  /** The paths that were requested. */
  requests: string[];
  close: () => Promise<void>;
};

export const CLIENT_ID = "indifly";

export async function startHostileIssuer(): Promise<HostileIssuer> {
  const port = await freePort();
  const issuer = `http://127.0.0.1:${port}`;
  const [own, foreign] = await Promise.all([generateKeyPair("RS256"), generateKeyPair("RS256")]);
  const jwk = { ...(await exportJWK(own.publicKey)), kid: "one", use: "sig", alg: "RS256" };
  const requests: string[] = [];
  let behaviour: Behaviour = {};
  let nonce = "";

  const idToken = (): string | Promise<string> => {
    const now = Math.floor(Date.now() / 1000);
    const good = { iss: issuer, aud: CLIENT_ID, sub: crypto.randomUUID(), nonce };
    const claims: JWTPayload = {
      ...good,
      iat: now,
      exp: now + 600,
      ...emailOf(good.sub),
      ...behaviour.claims,
    };
    if (behaviour.idToken) return behaviour.idToken(claims);
    const key = behaviour.isForeignKey ? foreign.privateKey : own.privateKey;
    return new SignJWT(claims).setProtectedHeader({ alg: "RS256", kid: "one" }).sign(key);
  };
  const bodies: Record<string, () => unknown> = {
    "/.well-known/openid-configuration": () => ({
      issuer,
      authorization_endpoint: `${issuer}/authorize`,
      token_endpoint: `${issuer}/token`,
      userinfo_endpoint: `${issuer}/userinfo`,
      jwks_uri: `${issuer}/keys`,
      authorization_response_iss_parameter_supported: true,
      id_token_signing_alg_values_supported: ["RS256"],
      ...behaviour.metadata,
    }),
    "/keys": () => ({ keys: [jwk] }),
    "/token": async () => ({
      access_token: "access",
      token_type: "Bearer",
      id_token: await idToken(),
    }),
    "/userinfo": () => behaviour.userInfo ?? {},
  };

  const server = createServer((request, response) => {
    const path = new URL(request.url ?? "", issuer).pathname;
    requests.push(path);
    void respond(response, path);
  });
  const respond = async (response: ServerResponse, path: string) => {
    const scripted = behaviour.responses?.[path];
    if (scripted) return scripted(response);
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify(await bodies[path]?.()));
    return undefined;
  };
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  return {
    issuer,
    behave: (next) => (behaviour = next),
    setNonce: (next) => (nonce = next),
    requests,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function emailOf(subject: string): JWTPayload {
  return { email: `${subject}@firm.example`, email_verified: true };
}
