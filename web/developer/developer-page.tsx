/** The developer's view: what the page and the server said to each other. */
import { useComputed, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { Button } from "../ui/button.tsx";
import { Field } from "../ui/field.tsx";
import { type Exchange, lastTurnOf } from "./exchange.ts";
import { ExchangeDetails } from "./exchange-details.tsx";
import { containsWords } from "./filter.ts";
import { closeDeveloperView } from "./open.ts";
import { changes, forgetExchanges, keptExchanges } from "./recorder.ts";

export function Page() {
  const isAll = useSignal(false);
  const isPretty = useSignal(true);
  const words = useSignal("");
  const panel = useRef<HTMLElement>(null);
  const shown = useComputed((): readonly Exchange[] => {
    // Read, so that what arrives is shown.
    void changes.value;
    const all = keptExchanges();
    const wanted = isAll.value ? all : lastTurnOf(all);
    return wanted.filter((one) => containsWords(one, words.value));
  });
  useEffect(() => panel.current?.focus(), []);
  return (
    <section
      class="developer"
      aria-labelledby="developer-title"
      tabIndex={-1}
      ref={panel}
      onKeyDown={(event) => event.key === "Escape" && closeDeveloperView()}
    >
      <header class="developer-head">
        <h2 id="developer-title">Developer's view</h2>
        <Button icon="trash" label="Forget all requests" onClick={forgetExchanges} />
        <Button icon="close" label="Close the developer's view" onClick={closeDeveloperView} />
      </header>
      <div class="developer-tools">
        <Field
          label="Filter"
          type="search"
          placeholder="A path, an event, a word"
          value={words.value}
          onText={(text) => (words.value = text)}
        />
        <Toggle label="All requests" isOn={isAll.value} onToggle={() => flip(isAll)} />
        <Toggle label="Pretty" isOn={isPretty.value} onToggle={() => flip(isPretty)} />
      </div>
      <Exchanges shown={shown.value} isPretty={isPretty.value} words={words.value} />
    </section>
  );
}

function flip(of: { value: boolean }): void {
  of.value = !of.value;
}

type ToggleProps = { label: string; isOn: boolean; onToggle: () => void };

function Toggle({ label, isOn, onToggle }: ToggleProps) {
  return (
    <Button aria-pressed={isOn} onClick={onToggle}>
      {label}
    </Button>
  );
}

type ExchangesProps = { shown: readonly Exchange[]; isPretty: boolean; words: string };

function Exchanges({ shown, isPretty, words }: ExchangesProps) {
  if (shown.length === 0) return <p class="developer-empty">No request matches.</p>;
  return (
    <ol class="exchanges">
      {shown.map((exchange) => (
        <li key={exchange.id}>
          <ExchangeDetails exchange={exchange} isPretty={isPretty} words={words} />
        </li>
      ))}
    </ol>
  );
}
