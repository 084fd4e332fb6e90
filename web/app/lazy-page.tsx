/** A view whose script is loaded when it is first shown. */
import { useEffect, useState } from "preact/hooks";
import { ErrorState, Loading } from "../ui/states.tsx";
import type { PageModule, Params } from "./routes.ts";

/** Scripts that have arrived: they are shown at once. */
const arrived = new Map<() => Promise<PageModule>, PageModule>();

type LazyPageProps = { load: () => Promise<PageModule>; params: Params };

export function LazyPage({ load, params }: LazyPageProps) {
  const [, setShown] = useState<PageModule>();
  const [hasFailed, setFailed] = useState(false);
  const loaded = arrived.get(load);
  const show = async () => {
    setFailed(false);
    if (arrived.has(load)) return;
    const module = await load();
    arrived.set(load, module);
    setShown(module);
  };
  useEffect(() => {
    show().catch(() => setFailed(true));
  }, [load]);
  if (loaded) return <loaded.Page params={params} />;
  if (!hasFailed) return <Loading label="Loading" />;
  // The script of an older version of the page, or no connection.
  return (
    <ErrorState
      text="This part of the page could not be loaded. There may be a new version of it."
      onRetry={() => window.location.reload()}
    />
  );
}
