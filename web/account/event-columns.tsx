/** The columns of security events, for the account and for administrators. */
import type { Schemas } from "../api/client.ts";
import type { Column } from "../ui/table.tsx";
import { formatInstant } from "../ui/instant.ts";
import { detailText, EVENT_NAMES, originText } from "./event-names.ts";

export const EVENT_COLUMNS: readonly Column<Schemas["SecurityEvent"]>[] = [
  { title: "When", cell: ({ created_at: at }) => <time dateTime={at}>{formatInstant(at)}</time> },
  {
    title: "What",
    cell: ({ kind, actor_id: actorId }) => (
      <>
        {EVENT_NAMES[kind]}
        {actorId !== null && " by an administrator"}
      </>
    ),
  },
  { title: "Where from", cell: ({ details }) => originText(details) },
  { title: "Details", cell: ({ details }) => detailText(details) },
];
