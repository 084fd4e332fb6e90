/** The account: who it is, how it signs in, and what it leaves behind. */
import type { ComponentType } from "preact";
import { api } from "../api/client.ts";
import { useResource } from "../api/resource.ts";
import { acceptUser } from "../api/session.ts";
import type { Params } from "../app/routes.ts";
import { PageFrame } from "../ui/page.tsx";
import { EmptyState, Loaded } from "../ui/states.tsx";
import { Tabs } from "../ui/tabs.tsx";
import { ApiKeys } from "./api-keys.tsx";
import { Devices } from "./devices.tsx";
import { OwnEvents } from "./own-events.tsx";
import { Profile } from "./profile.tsx";
import { Security } from "./security.tsx";
import type { Account } from "./step-up.tsx";
import { YourData } from "./your-data.tsx";

export type SectionProps = {
  account: Account;
  /** Shows the account as it is now. */
  reload: () => void;
};

type Section = { name: string; label: string; Content: ComponentType<SectionProps> };

const BASE = "/app/account";

/** The first is at the address of the page itself. */
const SECTIONS: readonly Section[] = [
  { name: "", label: "Profile", Content: Profile },
  { name: "security", label: "Security", Content: Security },
  { name: "devices", label: "Devices", Content: Devices },
  { name: "keys", label: "API keys", Content: ApiKeys },
  { name: "events", label: "Events", Content: OwnEvents },
  { name: "data", label: "Your data", Content: YourData },
];

const TABS = SECTIONS.map(({ name, label }) => ({ label, to: name ? `${BASE}/${name}` : BASE }));

export function Page({ params: { section = "" } }: { params: Params }) {
  const account = useResource(loadAccount, "account");
  const shown = SECTIONS.find(({ name }) => name === section);
  return (
    <PageFrame title="Account">
      <Tabs label="Parts of the account" tabs={TABS} />
      <Loaded of={account} label="Loading the account">
        {(data) =>
          shown ? (
            <shown.Content account={data} reload={account.reload} />
          ) : (
            <EmptyState title="There is no such page" />
          )
        }
      </Loaded>
    </PageFrame>
  );
}

/** The frame of the page shows the name, too. */
async function loadAccount(signal: AbortSignal): Promise<Account> {
  const account = await api.get("/users/me", { signal });
  acceptUser(account);
  return account;
}
