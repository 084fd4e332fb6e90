/** What administrators see. */
import { EmptyState } from "../ui/states.tsx";
import { PageFrame } from "../ui/page.tsx";

export function Page() {
  return (
    <PageFrame title="Administration">
      <EmptyState title="Not here yet" text="This section is being built." />
    </PageFrame>
  );
}
