/** The fields of a budget, for an account and for a key. */
import { useState } from "preact/hooks";
import type { Schemas } from "../api/client.ts";
import { Select } from "../ui/choices.tsx";
import { Field } from "../ui/field.tsx";
import type { FieldErrors } from "../ui/form.tsx";
import { fieldName, type LimitMode, modeOf, PERIODS } from "./budget.ts";

type BudgetFieldsProps = {
  budget?: Schemas["Budget"];
  errors: FieldErrors;
  /** For an account: it may have the configured limits, or none at all. */
  hasModes?: boolean;
};

const NAMES = { day: "Each day", month: "Each month" } as const;

const MODES: { value: LimitMode; label: string }[] = [
  { value: "configured", label: "As configured on the server" },
  { value: "own", label: "Limits of its own" },
  { value: "none", label: "Not limited" },
];

export function BudgetFields(props: BudgetFieldsProps) {
  return (
    <>
      {PERIODS.map((period) => (
        <PeriodFields key={period} {...props} period={period} />
      ))}
    </>
  );
}

type PeriodFieldsProps = BudgetFieldsProps & { period: "day" | "month" };

function PeriodFields({ budget, errors, hasModes = false, period }: PeriodFieldsProps) {
  const limit = budget?.[period] ?? null;
  const [mode, setMode] = useState(modeOf(limit));
  return (
    <fieldset class="choices">
      <legend>{NAMES[period]} (UTC)</legend>
      {hasModes && (
        <Select
          label={`Limits ${NAMES[period].toLowerCase()}`}
          name={fieldName(period, "mode")}
          choices={MODES}
          value={mode}
          onChoice={(value) => setMode(MODES.find((each) => each.value === value)?.value ?? mode)}
        />
      )}
      {(!hasModes || mode === "own") && (
        <div class="side-by-side">
          <Field
            label="Tokens"
            name={fieldName(period, "tokens")}
            type="number"
            min={0}
            defaultValue={limit?.tokens?.toString() ?? ""}
            error={errors[fieldName(period, "tokens")]}
          />
          <Field
            label="US dollars"
            placeholder="12.50"
            name={fieldName(period, "cost")}
            inputMode="decimal"
            defaultValue={limit?.cost ?? ""}
            error={errors[fieldName(period, "cost")]}
          />
        </div>
      )}
    </fieldset>
  );
}
