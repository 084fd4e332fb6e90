/** Wrangler never fires the cron by itself: this calls its URL, as Cloudflare would. */

const MINUTE_MS = 60_000;
const ADDRESS = "/cdn-cgi/local/scheduled?cron=";

/** A Worker under wrangler, and the key that its cron requires. */
export type CronTarget = { url: string; key: string };

/** Calls it now and periodically, and prints nothing unless it fails; returns how to stop. */
export function startCron(
  target: CronTarget,
  complain: (error: unknown) => void,
  everyMs = MINUTE_MS,
): () => Promise<void> {
  const stopping = new AbortController();
  const fire = () => {
    call(target, stopping.signal).catch((error: unknown) => {
      if (!stopping.signal.aborted) complain(error);
    });
  };
  fire();
  const timer = setInterval(fire, everyMs);
  return async () => {
    clearInterval(timer);
    stopping.abort();
  };
}

async function call({ url, key }: CronTarget, signal: AbortSignal): Promise<void> {
  const response = await fetch(url + ADDRESS + key, { signal });
  await response.body?.cancel();
  if (!response.ok) throw new Error(`The cron run failed with ${response.status}.`);
}
