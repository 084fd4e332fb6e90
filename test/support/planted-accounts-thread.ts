/** The thread of `planted-accounts.ts`: its variables in, the origin of its server out. */
import { parentPort, workerData } from "node:worker_threads";
import { listen, readText, sendJson } from "../../local/http-server.ts";
import { present } from "../../src/lib/assert.ts";
import { createDeps } from "../../src/deps.ts";
import { signedInBody } from "../../src/features/auth/sign-in-response.ts";
import { register } from "../../src/features/auth/sign-in.ts";
import { PASSWORD } from "./logs/secrets.ts";

/** As a request of a test comes to the Worker. */
const CLIENT = { address: null, userAgent: "node", country: null };

const deps = createDeps(workerData);
const hashed = deps.passwords.hash(PASSWORD);
const passwords = { ...deps.passwords, hash: () => hashed };

const server = listen(async (request, response) => {
  const { name, email } = JSON.parse(await readText(request));
  const account = { name, email, password: PASSWORD };
  const signedIn = await register({ ...deps, passwords }, account, CLIENT);
  sendJson(response, 201, signedInBody(signedIn, "Welcome."));
});
const port = present(parentPort, "the port of this thread");
void server.then(({ origin }) => port.postMessage(origin));
