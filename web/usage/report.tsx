/** A usage report: its sums, its charts, and the table with the same figures. */
import type { ComponentChildren } from "preact";
import type { Schemas } from "../api/client.ts";
import { Table, type Column } from "../ui/table.tsx";
import { formatCalls, formatCount, formatMoney } from "./amounts.ts";
import { BarChart } from "./bar-chart.tsx";
import { daysOf, formatDay, type Period } from "./period.ts";

type Entry = Schemas["UsageEntry"];

export type Report = { totals: Schemas["UsageTotals"]; series: readonly Entry[] };

type ReportProps = {
  report: Report;
  period: Period;
  /** What an entry is: "Day", "Model". */
  title: string;
  isByDay: boolean;
  /** How an entry is shown in the table. */
  cell: (key: string | null) => ComponentChildren;
  /** Its name on an axis. */
  name: (key: string | null) => string;
};

/** More bars than this do not fit beside their names. */
const MOST_BARS = 8;

export function ReportView(props: ReportProps) {
  const { report, title, cell } = props;
  return (
    <>
      <Totals totals={report.totals} />
      {report.series.length === 0 ? (
        <p class="muted">Nothing was used in these days.</p>
      ) : (
        <>
          <Charts {...props} />
          <Table
            caption={`Usage by ${title.toLowerCase()}`}
            columns={columnsOf(title, cell)}
            rows={report.series}
            keyOf={({ key }) => key ?? ""}
          />
        </>
      )}
    </>
  );
}

function Totals({ totals }: { totals: Schemas["UsageTotals"] }) {
  const { unpriced_calls: unpriced, estimated_calls: estimated } = totals;
  return (
    <section class="card totals" aria-label="In all">
      <dl>
        <Total name="Tokens" value={formatCount(totals.total_tokens)} />
        <Total name="Cost" value={formatMoney(totals.cost)} />
        <Total name="Calls" value={formatCount(totals.calls)} />
      </dl>
      <p class="muted">
        {formatCount(totals.prompt_tokens)} of the tokens were sent, of which{" "}
        {formatCount(totals.cached_tokens)} were in the provider’s cache;{" "}
        {formatCount(totals.completion_tokens)} were generated,{" "}
        {formatCount(totals.reasoning_tokens)} of them as reasoning.
      </p>
      {unpriced > 0 && (
        <p class="notice notice-warning">
          The price of {formatCalls(unpriced)} is not known: the cost does not include{" "}
          {unpriced === 1 ? "it" : "them"}.
        </p>
      )}
      {estimated > 0 && (
        <p class="notice">
          The provider did not report the tokens of {formatCalls(estimated)}; they are an estimate.
        </p>
      )}
    </section>
  );
}

function Total({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

function Charts({ report, period, isByDay, name }: ReportProps) {
  const bars = isByDay ? dayBars(report.series, period) : namedBars(report.series, name);
  const labels = bars.map(({ label }) => label);
  const valuesOf = (read: (entry: Entry) => number) =>
    bars.map(({ entry }) => (entry ? read(entry) : 0));
  return (
    <div class="charts">
      <BarChart
        title="Tokens"
        labels={labels}
        series={[
          { label: "In all", tone: 2, values: valuesOf((entry) => entry.total_tokens) },
          { label: "Sent", tone: 1, values: valuesOf((entry) => entry.prompt_tokens) },
        ]}
        format={shortCount}
      />
      <BarChart
        title="Cost"
        labels={labels}
        // The height of a bar needs no exact amount: the table has it.
        series={[{ label: "US dollars", tone: 1, values: valuesOf(({ cost }) => Number(cost)) }]}
        format={shortMoney}
      />
    </div>
  );
}

type Bar = { label: string; entry: Entry | undefined };

/** Days without usage have no entry, and a bar all the same. */
function dayBars(series: readonly Entry[], period: Period): Bar[] {
  const byDay = new Map(series.map((entry) => [entry.key, entry]));
  return daysOf(period).map((day) => ({ label: formatDay(day), entry: byDay.get(day) }));
}

function namedBars(series: readonly Entry[], name: ReportProps["name"]): Bar[] {
  return series.slice(0, MOST_BARS).map((entry) => ({ label: name(entry.key), entry }));
}

const compact = new Intl.NumberFormat("en", { notation: "compact" });
const compactMoney = new Intl.NumberFormat("en", {
  style: "currency",
  currency: "USD",
  notation: "compact",
  maximumSignificantDigits: 3,
});
const shortCount = (value: number) => compact.format(value);
const shortMoney = (value: number) => compactMoney.format(value);

function columnsOf(title: string, cell: ReportProps["cell"]): Column<Entry>[] {
  const number = (title: string, read: (entry: Entry) => string) => ({
    title,
    isNumber: true,
    cell: read,
  });
  return [
    { title, cell: ({ key }) => cell(key) },
    number("Cost", costOf),
    number("Tokens", (entry) => formatCount(entry.total_tokens)),
    number("Sent", (entry) => formatCount(entry.prompt_tokens)),
    number("Generated", (entry) => formatCount(entry.completion_tokens)),
    number("Calls", (entry) => formatCount(entry.calls)),
    number("Estimated", (entry) => formatCount(entry.estimated_calls)),
    number("Without price", (entry) => formatCount(entry.unpriced_calls)),
  ];
}

/** A cost without any priced call is unknown, not zero. */
function costOf({ cost, calls, unpriced_calls: unpriced }: Entry): string {
  return unpriced === calls && calls > 0 ? "Unknown" : formatMoney(cost);
}
