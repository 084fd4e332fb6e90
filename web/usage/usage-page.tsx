/** What the account has used: tokens and cost, and what is left of its budgets. */
import type { ComponentChildren } from "preact";
import { api } from "../api/client.ts";
import { useResource } from "../api/resource.ts";
import { Link } from "../app/router.tsx";
import { PageFrame } from "../ui/page.tsx";
import { Loaded } from "../ui/states.tsx";
import { Budgets } from "./budgets.tsx";
import { DownloadButton } from "../ui/download-button.tsx";
import { type Grouping, groupingOfAddress, GroupingPicker } from "./grouping.tsx";
import { formatDay, toQuery } from "./period.ts";
import { PeriodPicker, periodOfAddress } from "./period-picker.tsx";
import { ReportView } from "./report.tsx";

const DAY = { value: "day", label: "Day" } as const;

const GROUPINGS: Grouping<"day" | "model" | "chat" | "kind">[] = [
  DAY,
  { value: "model", label: "Model" },
  { value: "chat", label: "Chat" },
  { value: "kind", label: "Kind" },
];

/** What the calls to providers are for. */
const KINDS: Record<string, string> = {
  answer: "Answers",
  title: "Titles of chats",
  name: "Names of chats",
  embedding: "Embeddings of documents",
  analysis: "Analyses of documents",
  ocr: "Text recognition",
  rewrite: "Search queries",
  rerank: "Ranking of passages",
};

export function Page() {
  const period = periodOfAddress();
  const { value: by, label } = groupingOfAddress(GROUPINGS) ?? DAY;
  const asked = { ...toQuery(period), group_by: by };
  const path = `/usage?${new URLSearchParams(asked).toString()}`;
  const report = useResource((signal) => api.get("/usage", { query: asked, signal }), path);
  return (
    <PageFrame
      title="Usage"
      actions={<DownloadButton path={path} accept="text/csv" label="Download CSV" />}
    >
      <Budgets />
      <PeriodPicker />
      <GroupingPicker groupings={GROUPINGS} current={by} />
      <Loaded of={report} label="Loading the usage">
        {(report) => (
          <ReportView
            report={report}
            period={period}
            title={label}
            isByDay={report.group_by === "day"}
            cell={(key) => cellOf(report.group_by, key)}
            name={(key) => nameOf(report.group_by, key)}
          />
        )}
      </Loaded>
    </PageFrame>
  );
}

function cellOf(by: string, key: string | null): ComponentChildren {
  if (by !== "chat" || key === null) return nameOf(by, key);
  return <Link to={`/app/chats/${key}`}>{nameOf(by, key)}</Link>;
}

function nameOf(by: string, key: string | null): string {
  if (key === null) return by === "chat" ? "Without a chat" : "Deleted";
  if (by === "day") return formatDay(key);
  if (by === "kind") return KINDS[key] ?? key;
  // The end of an id is its random part.
  return by === "chat" ? `Chat …${key.slice(-6)}` : key;
}
