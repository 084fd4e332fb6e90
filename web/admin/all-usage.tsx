/** The usage of all accounts. */
import { api, type Schemas } from "../api/client.ts";
import { useResource } from "../api/resource.ts";
import { Loaded } from "../ui/states.tsx";
import { DownloadButton } from "../ui/download-button.tsx";
import { type Grouping, groupingOfAddress, GroupingPicker } from "../usage/grouping.tsx";
import { formatDay, type Period, toQuery } from "../usage/period.ts";
import { PeriodPicker, periodOfAddress } from "../usage/period-picker.tsx";
import { ReportView } from "../usage/report.tsx";

const USER = { value: "user", label: "User" } as const;

const GROUPINGS: Grouping<"user" | "day" | "model">[] = [
  USER,
  { value: "day", label: "Day" },
  { value: "model", label: "Model" },
];

/** The most accounts that one page of the API has. */
const MOST_NAMES = 100;

type AllUsageReport = Schemas["AllUsageReport"];

/** A report, and the names of accounts by their ids. */
type Named = { report: AllUsageReport; names: Map<string, string> };

export function AllUsage() {
  const period = periodOfAddress();
  const { value: by, label } = groupingOfAddress(GROUPINGS) ?? USER;
  const asked = { ...toQuery(period), group_by: by };
  const path = `/admin/usage?${new URLSearchParams(asked).toString()}`;
  const found = useResource((signal) => loadNamed(asked, signal), path);
  return (
    <section class="form" aria-labelledby="usage">
      <header class="page-head">
        <h2 id="usage">Usage of all accounts</h2>
        <DownloadButton path={path} accept="text/csv" label="Download CSV" />
      </header>
      <PeriodPicker />
      <GroupingPicker groupings={GROUPINGS} current={by} />
      <Loaded of={found} label="Loading the usage">
        {(named) => <NamedReport named={named} title={label} period={period} />}
      </Loaded>
    </section>
  );
}

type NamedReportProps = { named: Named; title: string; period: Period };

function NamedReport({ named: { report, names }, title, period }: NamedReportProps) {
  const by = report.group_by;
  const name = (key: string | null) => {
    if (key === null) return "Deleted account";
    return by === "day" ? formatDay(key) : (names.get(key) ?? key);
  };
  return (
    <ReportView
      report={report}
      period={period}
      title={title}
      isByDay={by === "day"}
      cell={name}
      name={name}
    />
  );
}

/** Names are those of the newest accounts; others are shown by their ids. */
async function loadNamed(
  query: { from: string; to: string; group_by: "user" | "day" | "model" },
  signal: AbortSignal,
): Promise<Named> {
  const reading = api.get("/admin/usage", { query, signal });
  if (query.group_by !== "user") return { report: await reading, names: new Map() };
  const [report, { users }] = await Promise.all([
    reading,
    api.get("/admin/users", { query: { limit: MOST_NAMES }, signal }),
  ]);
  return { report, names: new Map(users.map(({ id, name }) => [id, name])) };
}
