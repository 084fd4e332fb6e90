/**
 * Most tests need an account, and few are about its registration: a hash takes as long as all else that a test does.
 * This is the product's own registration, with a hash of the one password that was made before.
 */
import { listen, readText, type RunningServer, sendJson } from "../../local/http-server.ts";
import { createDeps } from "../../src/deps.ts";
import type { Env } from "../../src/env.ts";
import { signedInBody } from "../../src/features/auth/sign-in-response.ts";
import { register } from "../../src/features/auth/sign-in.ts";
import { PASSWORD } from "./logs/secrets.ts";
import type { Vars } from "./worker.ts";

/** As a request of a test comes to the Worker. */
const CLIENT = { address: null, userAgent: "node", country: null };

/** Takes a name and an address, and responds as `POST /auth/register` of a Worker with these variables does. */
export function servePlantedAccounts(vars: Vars): Promise<RunningServer> {
  const env: unknown = { ...vars };
  const deps = createDeps(env as Env);
  const hashed = deps.passwords.hash(PASSWORD);
  const passwords = { ...deps.passwords, hash: () => hashed };
  return listen(async (request, response) => {
    const { name, email } = JSON.parse(await readText(request));
    const account = { name, email, password: PASSWORD };
    const signedIn = await register({ ...deps, passwords }, account, CLIENT);
    sendJson(response, 201, signedInBody(signedIn, "Welcome."));
  });
}
