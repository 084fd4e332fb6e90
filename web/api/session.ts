/** Who is signed in. */
import { effect, signal } from "@preact/signals";
import { api, type Schemas } from "./client.ts";
import { isProblem, sentenceOf } from "./problems.ts";
import { sessionEnded } from "./session-end.ts";

export type Session =
  | { status: "loading" }
  | { status: "unreachable"; sentence: string }
  | { status: "signed-out" }
  | { status: "signed-in"; user: Schemas["User"] };

export const session = signal<Session>({ status: "loading" });

/** Asks the server. */
export async function loadSession(): Promise<void> {
  session.value = { status: "loading" };
  try {
    session.value = { status: "signed-in", user: await api.get("/users/me") };
  } catch (error) {
    session.value = isProblem(error, "unauthenticated")
      ? { status: "signed-out" }
      : { status: "unreachable", sentence: sentenceOf(error) };
  }
}

/** After a sign-in, or a change of the account. */
export function acceptUser(user: Schemas["User"]): void {
  session.value = { status: "signed-in", user };
}

/** Ends the session on the server, and here in any case. */
export async function signOut(): Promise<void> {
  try {
    await api.post("/auth/logout");
  } finally {
    session.value = { status: "signed-out" };
  }
}

effect(() => {
  if (sessionEnded.value > 0 && session.peek().status === "signed-in") {
    session.value = { status: "signed-out" };
  }
});
