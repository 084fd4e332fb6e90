/** The receipt of a deleted account, which anybody may read who has its address. */
import { useEffect } from "preact/hooks";
import { api, type Schemas } from "../api/client.ts";
import { useResource } from "../api/resource.ts";
import type { Params } from "../app/routes.ts";
import { formatInstant } from "../ui/instant.ts";
import { Progress } from "../ui/progress.tsx";
import { Loaded } from "../ui/states.tsx";
import { Table } from "../ui/table.tsx";
import { formatCount } from "../usage/amounts.ts";

type Erasure = Schemas["Erasure"];

const AGAIN_MS = 2_000;

const ERASED: Record<keyof Erasure["erased"], string> = {
  chats: "Chats",
  messages: "Messages",
  files: "Documents",
  usage_records: "Records of usage",
  sessions: "Devices",
  event_details: "Details of security events",
};

export function Page({ params: { id = "" } }: { params: Params }) {
  const receipt = useResource(
    (signal) => api.get("/erasures/{id}", { path: { id }, signal }),
    `erasure ${id}`,
  );
  const { data, error, isLoading, reload } = receipt;
  useEffect(() => {
    if (isLoading || error !== undefined || data?.status !== "running") return undefined;
    const timer = setTimeout(reload, AGAIN_MS);
    return () => clearTimeout(timer);
  }, [isLoading, data]);
  return (
    <div class="page">
      <h1>Deletion of an account</h1>
      <Loaded of={receipt} label="Loading the receipt">
        {(erasure) => <Receipt erasure={erasure} />}
      </Loaded>
    </div>
  );
}

function Receipt({ erasure }: { erasure: Erasure }) {
  const { status, requested_at: requestedAt, completed_at: completedAt, erased } = erasure;
  const rows = Object.entries(ERASED).map(([key, name]) => ({ name, count: countOf(erased, key) }));
  return (
    <>
      <p class="notice" role="status">
        {status === "complete" && completedAt !== null
          ? `Everything was erased by ${formatInstant(completedAt)}. Nothing of the account is left.`
          : "The account is closed, and nobody can reach anything of it. What is stored is being erased; that takes up to an hour."}
      </p>
      {status === "running" && <Progress label="Erasure of the account" />}
      <p>
        The deletion was requested on {formatInstant(requestedAt)}. Keep the address of this page as
        your receipt: it holds no personal data.
      </p>
      <Table
        caption="What was erased so far"
        columns={[
          { title: "What", cell: ({ name }) => name },
          { title: "Erased", isNumber: true, cell: ({ count }) => formatCount(count) },
        ]}
        rows={rows}
        keyOf={({ name }) => name}
      />
      <p>
        <a href="/app">Back to the sign-in</a>
      </p>
    </>
  );
}

function countOf(erased: Erasure["erased"], key: string): number {
  return new Map<string, number>(Object.entries(erased)).get(key) ?? 0;
}
