/** What surrounds a list of pages: its states, and the button for more. */
import type { ComponentChildren } from "preact";
import type { Pages } from "../api/pages.ts";
import { Button } from "./button.tsx";
import { EmptyState, ErrorState, Loading } from "./states.tsx";

type PagedProps<T> = {
  of: Pages<T>;
  label: string;
  /** What to say of a list without items. */
  empty: string;
  children: (items: readonly T[]) => ComponentChildren;
};

export function Paged<T>({ of, label, empty, children }: PagedProps<T>) {
  const { items, error, isLoading, hasMore, more } = of;
  if (!items) {
    return error === undefined ? (
      <Loading label={label} />
    ) : (
      <ErrorState text={error} onRetry={more} />
    );
  }
  if (items.length === 0) return <EmptyState title={empty} />;
  return (
    <>
      {children(items)}
      {error !== undefined && <p role="alert">{error}</p>}
      {hasMore && (
        <div class="more">
          <Button disabled={isLoading} onClick={more}>
            {isLoading ? "Loading…" : "Show more"}
          </Button>
        </div>
      )}
    </>
  );
}
