/** One request with its response. */
import { useSignal } from "@preact/signals";
import { CopyButton } from "../ui/copy-button.tsx";
import { toCurl } from "./curl.ts";
import { type Exchange, pathOf, type WireEvent } from "./exchange.ts";
import { eventsWithWords } from "./filter.ts";
import { toPretty, toPrettyEvent } from "./pretty.ts";

/** A stream may have thousands; the newest are shown. */
const MOST_EVENTS = 500;

type DetailsProps = { exchange: Exchange; isPretty: boolean; words: string };

export function ExchangeDetails({ exchange, isPretty, words }: DetailsProps) {
  const isOpen = useSignal(false);
  return (
    <details onToggle={(event) => (isOpen.value = event.currentTarget.open)}>
      <summary>
        <Summary exchange={exchange} />
      </summary>
      {isOpen.value && <Content exchange={exchange} isPretty={isPretty} words={words} />}
    </details>
  );
}

function Summary({ exchange }: { exchange: Exchange }) {
  const { method, status, failure, tookMs, sizeBytes } = exchange;
  const outcome = failure === undefined ? (status ?? "…") : "failed";
  return (
    <>
      <span class="exchange-method">{method}</span>
      <span class="exchange-path">{pathOf(exchange)}</span>
      <span class="exchange-figures">
        {outcome} · {tookMs === undefined ? "running" : `${tookMs.toFixed(0)} ms`} · {sizeBytes}{" "}
        bytes
      </span>
    </>
  );
}

function Content({ exchange, isPretty, words }: DetailsProps) {
  const { requestHeaders, requestBody, responseHeaders, responseBody, withheld } = exchange;
  const show = (text: string) => (isPretty ? toPretty(text) : text);
  return (
    <div class="exchange">
      <Curl exchange={exchange} />
      <Part title="Request headers" text={linesOf(requestHeaders)} />
      <Part
        title="Request body"
        text={withheld === undefined ? show(requestBody ?? "") : `Not kept: ${withheld}.`}
      />
      <Part title="Response headers" text={linesOf(responseHeaders)} />
      <Part title="Response body" text={show(responseBody)} />
      <Events events={eventsWithWords(exchange, words)} isPretty={isPretty} />
      {exchange.failure && <p class="notice notice-danger">{exchange.failure}</p>}
      {exchange.isCut && <p class="notice">The rest of the response was too long to be kept.</p>}
    </div>
  );
}

function Curl({ exchange }: { exchange: Exchange }) {
  const line = toCurl(exchange);
  if (line === undefined) return null;
  return (
    <div class="exchange-part">
      <h3>curl</h3>
      <CopyButton text={line} label="Copy as curl" />
      <Text label="curl" text={line} />
    </div>
  );
}

function Part({ title, text }: { title: string; text: string }) {
  if (text === "") return null;
  return (
    <div class="exchange-part">
      <h3>{title}</h3>
      <Text label={title} text={text} />
    </div>
  );
}

/** It can be scrolled, so the keyboard must reach it. */
function Text({ label, text }: { label: string; text: string }) {
  return (
    <pre tabIndex={0} role="group" aria-label={label}>
      {text}
    </pre>
  );
}

type EventsProps = { events: readonly WireEvent[]; isPretty: boolean };

function Events({ events, isPretty }: EventsProps) {
  if (events.length === 0) return null;
  const shown = events.slice(-MOST_EVENTS);
  return (
    <div class="exchange-part">
      <h3>Events</h3>
      {shown.length < events.length && <p>The newest {MOST_EVENTS} are shown.</p>}
      <div class="wire-events" tabIndex={0} role="group" aria-label="Events">
        <ol>
          {shown.map(({ atMs, sizeBytes, text }, index) => (
            <li key={index}>
              <span class="exchange-figures">
                {atMs.toFixed(0)} ms · {sizeBytes} bytes
              </span>
              <pre>{isPretty ? toPrettyEvent(text) : text}</pre>
            </li>
          ))}
        </ol>
      </div>
    </div>
  );
}

function linesOf(headers: [string, string][]): string {
  return headers.map(([name, value]) => `${name}: ${value}`).join("\n");
}
