/** The sessions of the account: where it is signed in, and how to end that. */
import { api, type Schemas } from "../api/client.ts";
import { sentenceOf } from "../api/problems.ts";
import { useResource } from "../api/resource.ts";
import { loadSession } from "../api/session.ts";
import { toast } from "../app/toast.tsx";
import { Button } from "../ui/button.tsx";
import { confirmed } from "../ui/dialog.tsx";
import { formatInstant } from "../ui/instant.ts";
import { Loaded } from "../ui/states.tsx";
import { countryName, deviceName } from "./device-name.ts";

type Session = Schemas["Session"];

/** The most of one page of the API. */
const MOST_SHOWN = 100;

export function Devices() {
  const sessions = useResource(
    (signal) => api.get("/auth/sessions", { query: { limit: MOST_SHOWN }, signal }),
    "sessions",
  );
  return (
    <section class="card form" aria-labelledby="devices">
      <h2 id="devices">Devices that are signed in</h2>
      <Loaded of={sessions} label="Loading the devices">
        {(data) => <DeviceList sessions={data} onChange={sessions.reload} />}
      </Loaded>
    </section>
  );
}

type DeviceListProps = { sessions: readonly Session[]; onChange: () => void };

function DeviceList({ sessions, onChange }: DeviceListProps) {
  return (
    <>
      <ul class="rows" aria-label="Devices">
        {sessions.map((session) => (
          <Device key={session.id} session={session} onChange={onChange} />
        ))}
      </ul>
      {sessions.length === MOST_SHOWN && (
        <p class="muted">These are the newest {MOST_SHOWN}; there may be more.</p>
      )}
      {sessions.length > 1 && (
        <div class="form-actions">
          <Button variant="danger" onClick={() => void endOthers(onChange)}>
            Sign out all other devices
          </Button>
        </div>
      )}
    </>
  );
}

function Device({ session, onChange }: { session: Session; onChange: () => void }) {
  const { user_agent: userAgent, country, current, created_at: at, last_seen_at: seenAt } = session;
  const name = deviceName(userAgent);
  return (
    <li class="row">
      <div>
        <h3>
          {name} {current && <span class="badge badge-good">This device</span>}
        </h3>
        <p class="muted">
          Signed in {formatInstant(at)}
          {country !== null && ` in ${countryName(country)}`}, last used {formatInstant(seenAt)}
        </p>
      </div>
      <Button
        label={current ? "Sign out this device" : `Sign out ${name}`}
        onClick={() => void end(session, onChange)}
      >
        Sign out
      </Button>
    </li>
  );
}

const EFFECT =
  "It may go on reading for up to 15 minutes, but can change nothing that is protected.";

async function end({ id, user_agent: userAgent, current }: Session, onChange: () => void) {
  const title = current ? "Sign out this device?" : `Sign out ${deviceName(userAgent)}?`;
  if (!(await confirmed({ title, text: current ? "" : EFFECT, confirm: "Sign out" }))) return;
  await report(async () => {
    await api.delete("/auth/sessions/{id}", { path: { id } });
    if (current) return loadSession();
    toast("The device is signed out.");
    onChange();
  });
}

async function endOthers(onChange: () => void): Promise<void> {
  const title = "Sign out all other devices?";
  if (!(await confirmed({ title, text: EFFECT, confirm: "Sign out all others" }))) return;
  await report(async () => {
    await api.delete("/auth/sessions");
    toast("All other devices are signed out.");
    onChange();
  });
}

/** Shows what it rejects with. */
async function report(change: () => Promise<void>): Promise<void> {
  try {
    await change();
  } catch (error) {
    toast(sentenceOf(error), { kind: "error" });
  }
}
