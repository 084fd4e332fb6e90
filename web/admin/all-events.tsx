/** The security events of all accounts. */
import { api, type Schemas } from "../api/client.ts";
import { usePages } from "../api/pages.ts";
import { EVENT_COLUMNS } from "../account/event-columns.tsx";
import { DownloadButton } from "../ui/download-button.tsx";
import { Paged } from "../ui/paged.tsx";
import { type Column, Table } from "../ui/table.tsx";

const PAGE_SIZE = 50;

const COLUMNS: readonly Column<Schemas["AuditEvent"]>[] = [
  ...EVENT_COLUMNS,
  { title: "Account", cell: ({ user_id: id }) => <code>{id}</code> },
  { title: "Hash", cell: ({ hash }) => <code title={hash}>{hash.slice(0, 12)}…</code> },
];

export function AllEvents() {
  const events = usePages(async (cursor, signal) => {
    const query = { limit: PAGE_SIZE, ...(cursor && { cursor }) };
    const { events: items, next_cursor: next } = await api.get("/admin/events", { query, signal });
    return { items, next };
  }, "all");
  return (
    <section class="form" aria-labelledby="events">
      <header class="page-head">
        <h2 id="events">Security events of all accounts</h2>
        <DownloadButton
          path="/admin/events"
          accept="application/jsonl"
          label="Download all"
          name="security-events.jsonl"
        />
      </header>
      <p class="muted">
        Each event holds the hash of the one before it of its account, and each day is anchored.{" "}
        <code>npm run audit:verify</code> checks them.
      </p>
      <Paged of={events} label="Loading the events" empty="No events">
        {(items) => (
          <Table
            caption="Security events of all accounts"
            columns={COLUMNS}
            rows={items}
            keyOf={({ id }) => id}
          />
        )}
      </Paged>
    </section>
  );
}
