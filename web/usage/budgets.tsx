/** The budgets of the account: what is used, reserved and left, and when they begin again. */
import { api, type Schemas } from "../api/client.ts";
import { useResource } from "../api/resource.ts";
import { formatInstant } from "../ui/instant.ts";
import { Progress } from "../ui/progress.tsx";
import { Loaded } from "../ui/states.tsx";
import { formatCalls, formatCount, formatMoney, isUsedUp } from "./amounts.ts";

type Limit = Schemas["UsageLimit"];

const PERIODS = { day: "today", month: "this month" } as const;
const UNITS = { tokens: "Tokens", cost: "Cost" } as const;

export function Budgets() {
  const budgets = useResource((signal) => api.get("/usage/limits", { signal }), "budgets");
  return (
    <section class="card form" aria-labelledby="budgets">
      <h2 id="budgets">Budgets</h2>
      <Loaded of={budgets} label="Loading the budgets">
        {({ limits }) => <BudgetList limits={limits} />}
      </Loaded>
    </section>
  );
}

function BudgetList({ limits }: { limits: readonly Limit[] }) {
  const spent = limits.filter(({ left }) => isUsedUp(left));
  if (limits.length === 0) return <p class="muted">Nothing is limited for this account.</p>;
  return (
    <>
      {spent.length > 0 && <UsedUp spent={spent} />}
      <ul class="budgets">
        {limits.map((limit) => (
          <Budget key={`${limit.subject} ${limit.period} ${limit.unit}`} limit={limit} />
        ))}
      </ul>
    </>
  );
}

/** What a budget that is used up means: see docs/usage.md. */
function UsedUp({ spent }: { spent: readonly Limit[] }) {
  const renewals = spent.map(({ renews_at: at }) => at).toSorted();
  return (
    <div class="notice notice-warning">
      <p>
        <strong>A budget is used up.</strong> New answers, names of chats and analyses are refused
        until {formatInstant(renewals.at(-1) ?? "")}, or until an administrator grants more. Answers
        that are running go on to their end.
      </p>
    </div>
  );
}

function Budget({ limit }: { limit: Limit }) {
  const { period, unit, limit: most, used, reserved, left } = limit;
  const format = (amount: string) =>
    unit === "cost" ? formatMoney(amount) : formatCount(Number(amount));
  const name = `${UNITS[unit]} ${PERIODS[period]}`;
  return (
    <li class="budget">
      <div class="budget-head">
        <h3>{name}</h3>
        <span>{isUsedUp(left) ? "Used up" : `${format(left)} left`}</span>
      </div>
      <Progress label={name} value={shareOf(limit)} />
      <p class="muted">
        {format(used)} of {format(most)} used
        {!isUsedUp(reserved) && `, ${format(reserved)} reserved by running answers`}. Begins again{" "}
        {formatInstant(limit.renews_at)}.
        {unit === "cost" &&
          limit.unpriced_calls > 0 &&
          ` Without the cost of ${formatCalls(limit.unpriced_calls)} whose price is not known.`}
      </p>
    </li>
  );
}

/** The part of a bar: as near as a pixel. */
function shareOf({ used, reserved, limit }: Limit): number {
  const taken = Number(used) + Number(reserved);
  return Number(limit) > 0 ? Math.min(1, taken / Number(limit)) : 1;
}
