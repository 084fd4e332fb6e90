/** Waits for a state that is reached without a request, such as the end of a turn. */
const POLL_MS = 25;
const TIMEOUT_MS = 15_000;

/** Calls `look` until it returns something; throws where it never does. */
export async function until<T>(look: () => Promise<T | undefined | false>): Promise<T> {
  const endsAt = Date.now() + TIMEOUT_MS;
  while (Date.now() < endsAt) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  throw new Error("the expected state was not reached in time");
}
