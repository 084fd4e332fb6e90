/** The answer as it is stored: its text, how it ended, and the metadata that the server adds. Pure. */
import type { TokenCount } from "../../../clients/model.ts";
import type { Model } from "../../../lib/models.ts";
import type { ProblemCode } from "../../../lib/problem.ts";
import type { Verified } from "../../citations/verify.ts";
import type { Message } from "../../messages/schemas.ts";
import { toUsage } from "../../usage/schemas.ts";

/** The model that failed first, and why: a part of the answer's metadata. */
export type Failover = { from: string; code: ProblemCode };

/** How a generation ended, and what it took. */
export type Outcome = {
  finishReason: string | null;
  usage: TokenCount;
  /** True where the provider reported no count. */
  estimated: boolean;
  reasoning?: string;
  refusal?: true;
  quoted?: Verified;
};

type GeneratedBy = { model: Model; failover?: Failover };

/** The stored message of an answer, `seconds` after its turn began. */
export function finishedAnswer(
  answer: Message,
  outcome: Outcome & Pick<Message, "content" | "status">,
  by: GeneratedBy,
  seconds: number,
): Message {
  const { content, status } = outcome;
  const metadata = { ...answer.metadata, ...answerMetadata(outcome, by, seconds) };
  return { ...answer, content, status, metadata };
}

/** The metadata of an answer that the server adds. */
export function answerMetadata(
  outcome: Outcome,
  { model, failover }: GeneratedBy,
  seconds: number,
) {
  const { reasoning, refusal } = outcome;
  return {
    model: model.name,
    usage: toUsage(model, outcome),
    finish_reason: outcome.finishReason,
    processing_time: seconds,
    ...(refusal && { refusal }),
    ...(reasoning !== undefined && { reasoning }),
    ...(failover && { failover }),
    ...outcome.quoted,
  };
}
