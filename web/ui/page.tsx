/** The head and the width of a view. */
import type { ComponentChildren } from "preact";

type PageFrameProps = {
  title: string;
  /** What can be done with all of it: buttons beside the title. */
  actions?: ComponentChildren;
  children: ComponentChildren;
};

export function PageFrame({ title, actions, children }: PageFrameProps) {
  return (
    <div class="page">
      <header class="page-head">
        <h1>{title}</h1>
        {actions && <div class="page-actions">{actions}</div>}
      </header>
      {children}
    </div>
  );
}
