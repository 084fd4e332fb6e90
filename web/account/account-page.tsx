/** The account, its devices and its keys. */
import { EmptyState } from "../ui/states.tsx";
import { PageFrame } from "../ui/page.tsx";

export function Page() {
  return (
    <PageFrame title="Account">
      <EmptyState title="Not here yet" text="This section is being built." />
    </PageFrame>
  );
}
