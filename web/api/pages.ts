/** A list that is loaded page by page. */
import { useEffect, useRef, useState } from "preact/hooks";
import { sentenceOf } from "./problems.ts";

export type ListPage<T> = { items: readonly T[]; next: string | null };

/** Loads the page after a cursor, or the first. */
type LoadPage<T> = (cursor: string | undefined, signal: AbortSignal) => Promise<ListPage<T>>;

/** `items` is undefined until the first page is there; `more` loads the next one. */
export type Pages<T> = {
  items: readonly T[] | undefined;
  error: string | undefined;
  isLoading: boolean;
  hasMore: boolean;
  more: () => void;
  /** Shows changed items without loading again. */
  update: (change: (item: T) => T) => void;
};

type State<T> = {
  items: readonly T[] | undefined;
  error: string | undefined;
  isLoading: boolean;
  next: string | null;
};

const START = { items: undefined, error: undefined, isLoading: true, next: null };

/** Begins again when `key` changes; what is no longer wanted is aborted. */
export function usePages<T>(load: LoadPage<T>, key: string): Pages<T> {
  const [state, setState] = useState<State<T>>(START);
  const aborting = useRef(new AbortController());
  const loadAfter = async (known: readonly T[], cursor: string | undefined) => {
    const { signal } = aborting.current;
    setState((old) => ({ ...old, isLoading: true, error: undefined }));
    try {
      const { items, next } = await load(cursor, signal);
      if (!signal.aborted)
        setState({ ...START, items: [...known, ...items], isLoading: false, next });
    } catch (error) {
      if (!signal.aborted)
        setState((old) => ({ ...old, isLoading: false, error: sentenceOf(error) }));
    }
  };
  useEffect(() => {
    const mine = new AbortController();
    aborting.current = mine;
    void loadAfter([], undefined);
    return () => mine.abort();
  }, [key]);
  const { items, error, isLoading, next } = state;
  return {
    items,
    error,
    isLoading,
    hasMore: next !== null,
    more: () => void loadAfter(items ?? [], next ?? undefined),
    update: (change) => setState((old) => ({ ...old, items: old.items?.map(change) })),
  };
}
