/**
 * An OpenID Connect provider for one machine: whoever clicks on a person is that person. It is the certified
 * `oidc-provider`, with a page of its own to choose from.
 */
import { generateKeyPairSync } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { Provider, type Configuration, interactionPolicy } from "oidc-provider";
import { freePort } from "./ports.ts";
import { newSecret } from "./secrets.ts";

export type Person = {
  email: string;
  email_verified: boolean;
  name: string;
  groups: string[];
};

export type LocalOidc = {
  /** The values for `OIDC_ISSUER`, `OIDC_CLIENT_ID` and `OIDC_CLIENT_SECRET`. */
  issuer: string;
  clientId: string;
  clientSecret: string;
  /** By subject; a test may change it. */
  people: Map<string, Person>;
  close: () => Promise<void>;
};

export const ADMIN_GROUP = "administrators";

const EXAMPLES: Record<string, Person> = {
  ada: personOf("Ada Admin", [ADMIN_GROUP]),
  ben: personOf("Ben Example", []),
};

function personOf(name: string, groups: string[]): Person {
  const [first = ""] = name.toLowerCase().split(" ");
  return { email: `${first}@firm.example`, email_verified: true, name, groups };
}

const CLIENT_ID = "indifly";

/** Any port of this machine: the client counts as a native one (RFC 8252 section 7.3). */
const REDIRECT_URIS = ["127.0.0.1", "localhost"].map((host) => `http://${host}/auth/oidc/callback`);

export async function startOidc(): Promise<LocalOidc> {
  const people = new Map(Object.entries(EXAMPLES));
  const clientSecret = newSecret();
  const port = await freePort();
  const issuer = `http://127.0.0.1:${port}`;
  const provider = new Provider(issuer, configure(people, clientSecret));
  const handle = provider.callback();
  const server = createServer((request, response) => {
    if (request.url?.startsWith("/people/")) void choose(provider, people, request, response);
    else void handle(request, response);
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  const close = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { issuer, clientId: CLIENT_ID, clientSecret, people, close };
}

function configure(people: Map<string, Person>, clientSecret: string): Configuration {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2_048 });
  return {
    clients: [
      {
        client_id: CLIENT_ID,
        client_secret: clientSecret,
        redirect_uris: REDIRECT_URIS,
        application_type: "native",
      },
    ],
    jwks: { keys: [{ ...privateKey.export({ format: "jwk" }), kid: "local", use: "sig" }] },
    cookies: { keys: [newSecret()] },
    claims: {
      openid: ["sub"],
      email: ["email", "email_verified"],
      profile: ["name", "groups"],
    },
    features: { devInteractions: { enabled: false } },
    interactions: { policy: withoutConsent(), url: (_, { uid }) => `/people/${uid}` },
    ttl: { Session: 3_600, Interaction: 600, Grant: 3_600, IdToken: 600, AccessToken: 600 },
    findAccount: (_, subject) => {
      const person = people.get(subject);
      return person && { accountId: subject, claims: () => ({ sub: subject, ...person }) };
    },
    loadExistingGrant: async ({ oidc }) => {
      const { Grant } = oidc.provider;
      const grant = new Grant({
        accountId: oidc.session?.accountId ?? "",
        clientId: oidc.client?.clientId ?? "",
      });
      grant.addOIDCScope("openid email profile");
      await grant.save();
      return grant;
    },
  };
}

/** Nobody is asked whether the product may see these claims. */
function withoutConsent(): interactionPolicy.DefaultPolicy {
  const policy = interactionPolicy.base();
  policy.remove("consent");
  return policy;
}

/** The page of an interaction: `?person=` signs in, `?cancel` denies. */
async function choose(
  provider: Provider,
  people: Map<string, Person>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const query = new URL(request.url ?? "", provider.issuer).searchParams;
  const person = query.get("person");
  if (person !== null && people.has(person)) {
    await provider.interactionFinished(request, response, { login: { accountId: person } });
  } else if (query.has("cancel")) {
    await provider.interactionFinished(request, response, { error: "access_denied" });
  } else {
    response.writeHead(200, { "content-type": "text/html; charset=utf-8" });
    response.end(pageOf([...people]));
  }
}

function pageOf(people: [string, Person][]): string {
  const links = people.map(
    ([subject, { name }]) =>
      `<li><a href="?person=${encodeURIComponent(subject)}">${name}</a></li>`,
  );
  return `<!doctype html><title>Sign in</title><link rel="icon" href="data:,"><h1>Who are you?</h1>
<ul>${links.join("")}</ul><a href="?cancel">Cancel</a>`;
}
