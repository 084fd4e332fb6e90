/** The security events of the account. */
import { api } from "../api/client.ts";
import { usePages } from "../api/pages.ts";
import { Paged } from "../ui/paged.tsx";
import { Table } from "../ui/table.tsx";
import { EVENT_COLUMNS } from "./event-columns.tsx";

const PAGE_SIZE = 25;

export function OwnEvents() {
  const events = usePages(async (cursor, signal) => {
    const query = { limit: PAGE_SIZE, ...(cursor && { cursor }) };
    const { events: items, next_cursor: next } = await api.get("/auth/events", { query, signal });
    return { items, next };
  }, "own");
  return (
    <section class="form" aria-labelledby="events">
      <h2 id="events">Security events</h2>
      <p class="muted">
        What happened to this account, newest first. The server keeps them so that nobody can change
        them unseen. Something you do not recognise? Change your password, and sign out all other
        devices.
      </p>
      <Paged of={events} label="Loading the events" empty="No events">
        {(items) => (
          <Table
            caption="Security events"
            columns={EVENT_COLUMNS}
            rows={items}
            keyOf={({ id }) => id}
          />
        )}
      </Paged>
    </section>
  );
}
