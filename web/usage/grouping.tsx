/** What a report sums up by: part of the address. */
import { query } from "../app/router.tsx";
import { Button } from "../ui/button.tsx";
import { setQuery } from "./period-picker.tsx";

export type Grouping<G extends string> = { value: G; label: string };

/** The grouping that the address names, else the first. */
export function groupingOfAddress<G extends string>(groupings: readonly Grouping<G>[]) {
  const named = query.value.get("by");
  return groupings.find(({ value }) => value === named) ?? groupings[0];
}

export function GroupingPicker<G extends string>({
  groupings,
  current,
}: {
  groupings: readonly Grouping<G>[];
  current: G;
}) {
  return (
    <div class="segments" role="group" aria-label="Sum up by">
      {groupings.map(({ value, label }) => (
        <Button
          key={value}
          aria-pressed={value === current}
          onClick={() => setQuery({ by: value })}
        >
          By {label.toLowerCase()}
        </Button>
      ))}
    </div>
  );
}
