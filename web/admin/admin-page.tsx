/** What administrators see: accounts, the usage of all, and all security events. */
import { session } from "../api/session.ts";
import type { Params } from "../app/routes.ts";
import { PageFrame } from "../ui/page.tsx";
import { EmptyState } from "../ui/states.tsx";
import { Tabs } from "../ui/tabs.tsx";
import { Accounts } from "./accounts.tsx";
import { AllEvents } from "./all-events.tsx";
import { AllUsage } from "./all-usage.tsx";

const BASE = "/app/admin";

const SECTIONS = [
  { to: BASE, label: "Accounts", Content: Accounts },
  { to: `${BASE}/usage`, label: "Usage", Content: AllUsage },
  { to: `${BASE}/events`, label: "Events", Content: AllEvents },
];

export function Page({ params: { section } }: { params: Params }) {
  const now = session.value;
  const isAdmin = now.status === "signed-in" && now.user.role === "admin";
  const shown = SECTIONS.find(({ to }) => to === (section ? `${BASE}/${section}` : BASE));
  if (!isAdmin) return <NotForYou />;
  return (
    <PageFrame title="Administration">
      <Tabs label="Parts of the administration" tabs={SECTIONS} />
      {shown ? <shown.Content /> : <EmptyState title="There is no such page" />}
    </PageFrame>
  );
}

/** The API asks for the role at every request; this only says it in a friendlier way. */
function NotForYou() {
  return (
    <PageFrame title="Administration">
      <EmptyState
        title="For administrators only"
        text="Your account does not administer this server. Ask an administrator if it should."
      />
    </PageFrame>
  );
}
