/** Waits for a state that comes by itself, such as the end of a turn that nobody watches. */
const POLL_MS = 25;
const PATIENCE_MS = 15_000;

/** Calls `look` until it gives something; throws when it does not within the patience of a test. */
export async function until<T>(look: () => Promise<T | undefined | false>): Promise<T> {
  const endsAt = Date.now() + PATIENCE_MS;
  while (Date.now() < endsAt) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  throw new Error("the state that was waited for did not come");
}
