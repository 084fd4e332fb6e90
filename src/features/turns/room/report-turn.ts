/** The wide event of a turn: ids, how it ended, what it took; never what was said. */
import type { Deps } from "../../../deps.ts";
import { logEvent } from "../../../lib/log.ts";
import { ratesAt } from "../../../lib/prices.ts";
import type { Trace } from "../../../lib/trace.ts";
import type { NewUsage } from "../../usage/queries.ts";
import type { LiveTurn } from "./live-turn.ts";

/** Logs and counts a turn that has emitted its last event, or was dropped with its chat. */
export function reportTurn(
  { metrics }: Pick<Deps, "metrics">,
  live: LiveTurn,
  trace: Trace | undefined,
  firstTokenMs: number | undefined,
): void {
  const { finished, problem } = live;
  const usage = finished?.usage ?? [];
  const answers = usage.filter(({ kind }) => kind === "answer");
  const last = answers.at(-1);
  const outcome = finished?.message.status ?? "dropped";
  const counts = countsOf(answers);
  const unpriced = usage.filter(isUnpriced).length;
  const { name, provider } = last?.model ?? {};
  logEvent("turn", {
    message_id: live.answerId,
    user_id: live.userId,
    outcome,
    problem,
    model: name,
    provider,
    attempts: answers.length,
    first_token_ms: firstTokenMs,
    ...finished?.timings,
    prompt_tokens: counts.promptTokens,
    completion_tokens: counts.completionTokens,
    estimated: answers.some(({ estimated }) => estimated),
    unpriced,
    ...trace?.fields,
  });
  const overheadMs = finished?.timings?.overhead_ms;
  const measured = { firstTokenMs, overheadMs, ...counts, unpriced, attempts: answers.length };
  metrics.write({ kind: "turn", name, outcome, problem, provider, ...measured, ...trace?.spent });
}

function countsOf(answers: readonly NewUsage[]) {
  const sum = (of: "promptTokens" | "completionTokens") =>
    answers.reduce((total, usage) => total + usage[of], 0);
  return { promptTokens: sum("promptTokens"), completionTokens: sum("completionTokens") };
}

function isUnpriced({ model, at }: NewUsage): boolean {
  return ratesAt(model.prices, new Date(at)) === undefined;
}
