/** What a view shows where there is nothing to show: not yet, none, or a failure. */
import type { ComponentChildren } from "preact";
import type { Resource } from "../api/resource.ts";
import { Button } from "./button.tsx";

export function Loading({ label }: { label: string }) {
  return (
    <div class="state" role="status">
      <span class="spinner" aria-hidden="true" />
      <span class="visually-hidden">{label}</span>
    </div>
  );
}

/** `children` are what the person can do about it. */
export function EmptyState({
  title,
  text,
  children,
}: {
  title: string;
  text?: string;
  children?: ComponentChildren;
}) {
  return (
    <div class="state">
      <h2>{title}</h2>
      {text && <p>{text}</p>}
      {children}
    </div>
  );
}

/** A sentence about a failure, with a way to try again. */
export function ErrorState({ text, onRetry }: { text: string; onRetry?: () => void }) {
  return (
    <div class="state" role="alert">
      <p>{text}</p>
      {onRetry && (
        <Button icon="retry" onClick={onRetry}>
          Try again
        </Button>
      )}
    </div>
  );
}

/** Shows a resource once it is there, and before that its state. */
export function Loaded<T>({
  of: { data, error, reload },
  label,
  children,
}: {
  of: Resource<T>;
  label: string;
  children: (data: T) => ComponentChildren;
}) {
  if (data !== undefined) return <>{children(data)}</>;
  if (error !== undefined) return <ErrorState text={error} onRetry={reload} />;
  return <Loading label={label} />;
}
