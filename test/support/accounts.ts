/** What a person does with an account whose mails are sent. */
import { inject } from "vitest";
import { type ApiResponse, anonymous, at, type Body, type SignedIn, signUp } from "./client.ts";
import { NEW_PASSWORD } from "./logs/secrets.ts";
import { tokenIn, waitForMails } from "./mail.ts";
import { query } from "./postgres.ts";
import { type RunningWorker, startWorker } from "./worker.ts";

export type MailedAccounts = ReturnType<typeof accountsAt> & { worker: RunningWorker };

/** Starts a Worker that sends mails. */
export async function startMailedAccounts(): Promise<MailedAccounts> {
  const worker = await startWorker(inject("mailVars"));
  return { worker, ...accountsAt(worker.url) };
}

/** The calls of accounts at a Worker. */
export function accountsAt(url: string) {
  const nobody = anonymous(url);
  const forgot = (email: string) => nobody.post("/auth/password/forgot", { email });
  return {
    nobody,
    forgot,
    verify: (token: string) => nobody.post("/auth/email/verify", { token }),
    reset: (token: string, password = NEW_PASSWORD) =>
      nobody.post("/auth/password/reset", { token, new_password: password }),
    signIn: (of: SignedIn, password: string) =>
      nobody.post("/auth/login", { email: of.user.email, password }),
    newPerson: () => signUp("Ada Example", url),
    /** An account that got no mail yet: the Worker where it signed up sends none. */
    silentPerson: async () => at(url, await signUp()),
    /** The token of the mail that registration sends. */
    verificationToken: async (of: SignedIn) => tokenIn((await waitForMails(of.user.email))[0]),
    /** Asks for a reset, once the mail of registration has arrived; resolves to the token. */
    resetToken: async (of: SignedIn) => {
      const before = (await waitForMails(of.user.email)).length;
      await forgot(of.user.email);
      const mails = await waitForMails(of.user.email, before + 1);
      return tokenIn(mails.at(-1));
    },
  };
}

export const newAddress = () => `new.${crypto.randomUUID()}@example.com`;

export function changeEmail(of: SignedIn, email: string): Promise<ApiResponse> {
  return of.patch("/users/me", { email, current_password: of.password });
}

export async function me(of: SignedIn): Promise<Body> {
  return (await of.get("/users/me")).body;
}

/** The number of mails for an address or a user's id that were ordered, and neither sent nor given up. */
export async function ordersLeft(of: string): Promise<number> {
  const select = "SELECT id FROM mail_orders WHERE email = $1 OR user_id::text = $1";
  return (await query(select, [of])).length;
}
