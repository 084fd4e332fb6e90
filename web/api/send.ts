/** Every request of the page goes through here. */
import { sessionEnded } from "./session-end.ts";

/** As `fetch`. A response that says that nobody is signed in ends the session of the page, too. */
export async function send(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
  const response = await fetch(input, init);
  const { pathname } = new URL(input instanceof Request ? input.url : input, window.location.href);
  if (response.status === 401 && !isSignIn(pathname)) sessionEnded.value += 1;
  return response;
}

/** There, a 401 is about the password or the code that was typed. */
function isSignIn(path: string): boolean {
  return path.startsWith("/auth/login");
}
