/** One attempt at one part: the prompt, the parsed answer, and the usage. */
import type { TokenCount } from "../../../clients/model.ts";
import type { Deps } from "../../../deps.ts";
import { toIso } from "../../../lib/clock.ts";
import { estimateTokens, findModel } from "../../../lib/models.ts";
import { logError, nameOf } from "../../../lib/log.ts";
import type { ProblemCode } from "../../../lib/problem.ts";
import type { NewUsage } from "../../usage/queries.ts";
import { streamAnalysisAnswer } from "./stream-answer.ts";
import { citePart } from "./cite.ts";
import { mergeParts } from "./merge.ts";
import { readOverview, readPartAnswer } from "./model-answer.ts";
import {
  type PartCall,
  CLAIM_MS,
  type ClaimedPart,
  type PartOutcome,
  renewClaim,
} from "./parts.ts";
import { createBoundary } from "../../citations/fence.ts";
import { promptForText, promptForOverview, type AnalysisPrompt } from "./prompt.ts";

type TryDeps = Pick<Deps, "db" | "model" | "config" | "clock" | "newId">;

export type Try = { outcome: PartOutcome; usage: NewUsage[] };

/** The most attempts at one part; then the analysis fails. */
const MOST_TRIES = 3;

/** Problems that a retry cannot solve. */
const FINAL = new Set<ProblemCode>([
  "ai_not_configured",
  "unknown_model",
  "ai_unauthorized",
  "ai_quota",
  "ai_model_not_found",
  "ai_context_exceeded",
  "ai_filtered",
]);

/** Calls the model once. Every failure of the provider is an outcome. */
export async function tryPart(deps: TryDeps, call: PartCall, part: ClaimedPart): Promise<Try> {
  const { DEFAULT_MODEL, MODELS } = deps.config;
  const model = findModel(part.model_name, [DEFAULT_MODEL], MODELS);
  if (!model) return { outcome: { failure: "unknown_model", isLast: true }, usage: [] };
  const prompt = promptOf(call, part, createBoundary(deps.newId));
  const at = toIso(new Date(deps.clock()));
  const bill = (id: string, count: TokenCount, estimated: boolean): NewUsage => {
    const of = { userId: part.user_id, chatId: null, messageId: null, kind: "analysis" as const };
    return { id, ...of, keyId: part.key_id, attempt: 1, model, ...count, estimated, at };
  };
  const lost = part.lost_id === null ? [] : [bill(part.lost_id, countOf(prompt, ""), true)];
  // Also ends a part that crashes its process each time.
  if (part.failures >= MOST_TRIES) return { outcome: failed("ai_unavailable", part), usage: lost };
  const answered = await streamAnalysisAnswer(deps, model, prompt, renewing(deps, call));
  const { text, usage, failure, isFinal = false } = answered;
  const isPaid = failure === undefined || failure === "ai_timeout" || text !== "";
  const count = usage ?? (isPaid ? countOf(prompt, text) : NOTHING);
  const paid = deps.model.canAsk(model) ? [bill(call.usageId, count, usage === undefined)] : [];
  const outcome =
    failure === undefined
      ? (parseOutcome(call, part, text) ?? failed("ai_unavailable", part))
      : failed(failure, part, isFinal);
  return { outcome, usage: [...lost, ...paid] };
}

/** Well before the claim expires. */
const RENEW_MS = CLAIM_MS / 5;

/** Returns a function to call at each progress, which renews the claim. */
function renewing({ db, clock }: TryDeps, call: PartCall): () => void {
  let renewedAt = clock();
  return () => {
    const now = clock();
    if (now - renewedAt < RENEW_MS) return;
    renewedAt = now;
    renewClaim(db, call, toIso(new Date(now))).catch((error: unknown) =>
      logError("claim_not_renewed", { file_id: call.fileId, cause: nameOf(error) }),
    );
  };
}

function failed(failure: ProblemCode, { failures }: ClaimedPart, isFinal = false): PartOutcome {
  return { failure, isLast: isFinal || FINAL.has(failure) || failures + 1 >= MOST_TRIES };
}

function promptOf(call: PartCall, part: ClaimedPart, boundary: string): AnalysisPrompt {
  const source = { fileId: call.fileId, fileName: part.file_name };
  if (call.from === part.parts_total) return promptForOverview(source, part.parts, boundary);
  const kind = part.parts_total === 1 ? "whole" : "part";
  return promptForText(source, part.text, kind, boundary);
}

/** Undefined if the answer is malformed. */
function parseOutcome(call: PartCall, part: ClaimedPart, text: string): PartOutcome | undefined {
  const source = { fileId: call.fileId, fileName: part.file_name };
  if (call.from === part.parts_total) {
    const overview = readOverview(text);
    return overview && { result: mergeParts(part.parts, overview, source) };
  }
  const answer = readPartAnswer(text);
  if (!answer) return undefined;
  const found = citePart(answer, part.text);
  if (part.parts_total > 1) return { part: found };
  return { part: found, result: mergeParts([found], found, source) };
}

const NOTHING: TokenCount = { promptTokens: 0, completionTokens: 0 };

function countOf({ messages }: AnalysisPrompt, answer: string): TokenCount {
  const promptText = messages.map(({ content }) => content).join("\n");
  return { promptTokens: estimateTokens(promptText), completionTokens: estimateTokens(answer) };
}
