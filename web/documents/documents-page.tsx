/** The library of documents. */
import { EmptyState } from "../ui/states.tsx";
import { PageFrame } from "../ui/page.tsx";

export function Page() {
  return (
    <PageFrame title="Documents">
      <EmptyState title="Not here yet" text="This section is being built." />
    </PageFrame>
  );
}
