/** The days that a report covers: the last ones, or any. They are part of the address. */
import { useId } from "preact/hooks";
import { navigate, path, query } from "../app/router.tsx";
import { Button } from "../ui/button.tsx";
import { lastDays, type Period } from "./period.ts";

const LENGTHS = [7, 30, 90];
const DEFAULT_LENGTH = 30;
const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** The period that the address names; by default the last 30 days. */
export function periodOfAddress(): Period {
  const [from, to] = [query.value.get("from") ?? "", query.value.get("to") ?? ""];
  if (DAY.test(from) && DAY.test(to)) return { from, to };
  return lastDays(Number(query.value.get("days")) || DEFAULT_LENGTH, Date.now());
}

/** Changes parts of the query of the address. */
export function setQuery(changes: Record<string, string | undefined>): void {
  const parameters = new URLSearchParams(query.value);
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined) parameters.delete(name);
    else parameters.set(name, value);
  }
  navigate(`${path.value}?${parameters.toString()}`, { replace: true });
}

export function PeriodPicker() {
  const { from, to } = periodOfAddress();
  const isCustom = query.value.has("from");
  const length = isCustom ? undefined : Number(query.value.get("days") ?? DEFAULT_LENGTH);
  return (
    <div class="period" role="group" aria-label="Days of the report">
      <div class="segments">
        {LENGTHS.map((days) => (
          <Button
            key={days}
            aria-pressed={length === days}
            onClick={() => setQuery({ days: String(days), from: undefined, to: undefined })}
          >
            {days} days
          </Button>
        ))}
      </div>
      <DayInput label="From" value={from} max={to} onDay={(day) => setQuery({ from: day, to })} />
      <DayInput label="To" value={to} min={from} onDay={(day) => setQuery({ from, to: day })} />
    </div>
  );
}

type DayInputProps = {
  label: string;
  value: string;
  min?: string;
  max?: string;
  onDay: (day: string) => void;
};

function DayInput({ label, onDay, ...rest }: DayInputProps) {
  const id = useId();
  return (
    <span class="day-input">
      <label for={id}>{label}</label>
      <input
        id={id}
        type="date"
        {...rest}
        onChange={({ currentTarget: { value } }) => DAY.test(value) && onDay(value)}
      />
    </span>
  );
}
