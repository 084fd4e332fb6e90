/** Who is signed in. */
import { effect, signal } from "@preact/signals";
import { api, type Schemas } from "./client.ts";
import { isProblem, sentenceOf } from "./problems.ts";
import { sessionEnded } from "./session-end.ts";

export type Session =
  | { status: "loading" }
  | { status: "unreachable"; sentence: string }
  | { status: "signed-out"; hasEnded?: boolean }
  | { status: "signed-in"; user: Schemas["User"] };

export const session = signal<Session>({ status: "loading" });

/** Asks the server. */
export async function loadSession(): Promise<void> {
  session.value = { status: "loading" };
  try {
    acceptUser(await api.get("/users/me"));
  } catch (error) {
    session.value = isProblem(error, "unauthenticated", "invalid_token")
      ? { status: "signed-out", hasEnded: false }
      : { status: "unreachable", sentence: sentenceOf(error) };
  }
}

/** Whose chats and drafts this tab has in memory. */
let owner: string | undefined;

/** After a sign-in, or a change of the account. Of another person nothing is left in the tab. */
export function acceptUser(user: Schemas["User"]): void {
  if (owner !== undefined && owner !== user.id) {
    window.location.replace("/app");
    return;
  }
  owner = user.id;
  session.value = { status: "signed-in", user };
}

/** Shows the account as it is after a change that this tab did not make by its session. */
export async function refreshUser(): Promise<void> {
  if (session.peek().status !== "signed-in") return;
  acceptUser(await api.get("/users/me"));
}

/** Asks for a new sign-in after a change that has ended the session: its token would be accepted for a while. */
export async function endSession(): Promise<void> {
  if (session.peek().status !== "signed-in") return;
  session.value = { status: "signed-out", hasEnded: true };
  // Takes the cookies away; without a connection they stay until they expire.
  await api.post("/auth/logout").catch(() => undefined);
}

/** Ends the session on the server, and forgets all that is in memory. Rejects where the server cannot be reached. */
export async function signOut(): Promise<void> {
  await api.post("/auth/logout");
  window.location.replace("/app");
}

effect(() => {
  if (sessionEnded.value > 0 && session.peek().status === "signed-in") {
    session.value = { status: "signed-out", hasEnded: true };
  }
});
