/** Loads what a view shows. */
import { useEffect, useState } from "preact/hooks";
import { sentenceOf } from "./problems.ts";

/** `data` stays while it is loaded again. */
export type Resource<T> = {
  data: T | undefined;
  /** The sentence of the failure of the last attempt. */
  error: string | undefined;
  isLoading: boolean;
  reload: () => void;
  /** Shows a change without loading again. */
  replace: (data: T) => void;
};

type State<T> = Pick<Resource<T>, "data" | "error" | "isLoading">;

/** Loads at first, and again when `key` changes; an attempt that is no longer wanted is aborted. */
export function useResource<T>(
  load: (signal: AbortSignal) => Promise<T>,
  key: string,
): Resource<T> {
  const [state, setState] = useState<State<T>>({
    data: undefined,
    error: undefined,
    isLoading: true,
  });
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    const aborting = new AbortController();
    setState((old) => ({ ...old, error: undefined, isLoading: true }));
    const show = (next: Partial<State<T>>) => {
      if (!aborting.signal.aborted) setState((old) => ({ ...old, isLoading: false, ...next }));
    };
    load(aborting.signal).then(
      (data) => show({ data, error: undefined }),
      (error: unknown) => show({ error: sentenceOf(error) }),
    );
    return () => aborting.abort();
  }, [key, attempt]);
  return {
    ...state,
    reload: () => setAttempt((count) => count + 1),
    replace: (data) => setState({ data, error: undefined, isLoading: false }),
  };
}
