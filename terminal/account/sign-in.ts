/** Signs in a person who is asked for it, or creates their account. */
import { ApiError, type components } from "../../clients/ts/src/index.ts";
import { describeFailure, NotSignedIn } from "../failure.ts";
import type { Lines } from "../input/lines.ts";
import type { Screen } from "../output/screen.ts";
import type { Session } from "../session.ts";

type User = components["schemas"]["User"];

export type Asking = { session: Session; lines: Lines; screen: Screen };

/** Asks until somebody is signed in. Throws `NotSignedIn` at the end of the input. */
export async function signIn(asking: Asking): Promise<void> {
  const { session, screen } = asking;
  screen.note(`Sign in at ${session.url}`);
  if (isOpenToOthers(session.url)) {
    screen.note("This connection is not encrypted: others can read the password. Use https.");
  }
  let user: User | undefined;
  while (user === undefined) user = await signInOnce(asking);
  session.keep(user);
  screen.note(`Signed in as ${user.name} (${user.email}).`);
}

/** Undefined where the person may try again. */
async function signInOnce(asking: Asking): Promise<User | undefined> {
  const email = await ask(asking, "E-mail: ");
  const password = await askSecret(asking, "Password: ");
  try {
    return await asking.session.client.signIn({ email, password });
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const { challenge } = error.problem;
    if (error.code === "second_factor_required" && typeof challenge === "string") {
      return sendCode(asking, challenge);
    }
    if (error.code === "invalid_credentials") return offerSignUp(asking, email, error);
    return report(asking, error);
  }
}

async function sendCode(asking: Asking, challenge: string): Promise<User | undefined> {
  for (;;) {
    const code = await ask(asking, "Code of your authenticator app, or a recovery code: ");
    try {
      return await asking.session.client.signInWithCode({ challenge, code });
    } catch (error) {
      report(asking, error);
      if (error instanceof ApiError && error.code !== "invalid_code") return undefined;
    }
  }
}

/** The server does not say whether there is an account, so the person does. */
async function offerSignUp(
  asking: Asking,
  email: string,
  error: ApiError,
): Promise<User | undefined> {
  report(asking, error);
  const prompt = "Press Enter to try again, or type new to create an account with this address: ";
  if ((await ask(asking, prompt)).toLowerCase() !== "new") return undefined;
  const name = await ask(asking, "Your name: ");
  const password = await askSecret(asking, "A password for the new account: ");
  const repeated = await askSecret(asking, "The same password again: ");
  if (password !== repeated) {
    asking.screen.note("The two passwords differ.");
    return undefined;
  }
  try {
    return await asking.session.client.signUp({ name, email, password });
  } catch (error) {
    return report(asking, error);
  }
}

/** Only what the server refuses is a reason to ask again. */
function report({ screen, session }: Asking, error: unknown): undefined {
  if (!(error instanceof ApiError)) throw error;
  screen.note(describeFailure(error, session.url));
  const isRefusedForNow = error.status === 429 || error.status >= 500;
  if (isRefusedForNow || error.code === "password_sign_in_off") throw error;
}

async function ask({ lines }: Asking, prompt: string): Promise<string> {
  return orEnd(await lines.ask(prompt)).trim();
}

async function askSecret({ lines }: Asking, prompt: string): Promise<string> {
  return orEnd(await lines.askSecret(prompt));
}

function orEnd(line: string | undefined): string {
  if (line === undefined) throw new NotSignedIn("Nobody has signed in.");
  return line;
}

function isOpenToOthers(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  return (
    protocol === "http:" && !/^(localhost|127(\.\d+){3}|\[::1\]|.+\.localhost)$/.test(hostname)
  );
}
