/** Every request of the page goes through here. */
import { recordedFetch } from "../developer/recorder.ts";
import { sessionEnded } from "./session-end.ts";

/** Problems that say so. Other responses of 401 are about a password or a code that was typed. */
const SIGNED_OUT = new Set(["unauthenticated", "invalid_token"]);

/** As `fetch`. A response that says that nobody is signed in ends the session of the page, too. */
export async function send(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
  const response = await recordedFetch(input, init);
  if (response.status === 401 && (await saysSignedOut(response.clone()))) sessionEnded.value += 1;
  return response;
}

/** False for a response that is none of the API's. */
async function saysSignedOut(response: Response): Promise<boolean> {
  try {
    const { code }: { code?: string } = await response.json();
    return code !== undefined && SIGNED_OUT.has(code);
  } catch {
    return false;
  }
}
