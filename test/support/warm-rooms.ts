/** Rooms that know their chat's path, and turns whose provider is called before Postgres has committed them. */
import { askedChat } from "./branches.ts";
import type { SignedIn } from "./client.ts";
import { callsContaining, injectFault, query } from "./postgres.ts";
import { answersContaining, script } from "./provider.ts";
import { until } from "./until.ts";
import type { NeonFault } from "../../local/neon-control.ts";
import type { SeenRequest } from "../../local/openai.ts";
import type { Script } from "../../local/provider/script.ts";

/** Longer than a call to the provider takes to be made, and shorter than a call to Postgres may take. */
const HANGING_MS = 2_000;

/** A chat whose room has finished a turn. Returns its id. */
export async function warmChat(of: SignedIn): Promise<string> {
  return (await askedChat(of)).chatId;
}

/** Sends to a chat; the response follows at the turn's end. */
export function sendTo(of: SignedIn, chatId: string, body: object, headers = {}) {
  return of.post(`/chats/${chatId}/messages`, body, headers);
}

type Answer = Awaited<ReturnType<typeof sendTo>>;

/** A turn that is sent while Postgres hangs; `called`: the request to the provider that came before its commit. */
export type EarlyTurn = { marker: string; response: Promise<Answer>; called: SeenRequest };

/** Sends while the next call to Postgres about the chat hangs, and resolves once the provider is called. */
export async function askEarly(
  of: SignedIn,
  chatId: string,
  { headers = {}, how = {} }: { headers?: object; how?: Script } = {},
): Promise<EarlyTurn> {
  const marker = await script({ kind: "answer", tokens: ["Never."], holdAfter: 0, ...how });
  const before = (await callsContaining(chatId)).length;
  await hang(chatId);
  const response = sendTo(of, chatId, { content: marker }, headers);
  const [called] = await until(async () => {
    const seen = await answersContaining(marker);
    return seen.length > 0 && seen;
  });
  if (!called) throw new Error("the provider was not called");
  await until(async () => (await callsContaining(chatId)).length > before);
  return { marker, response, called };
}

/** The next call to Postgres about the chat takes effect late, or as the fault says. */
export function hang(chatId: string, fault: Partial<NeonFault> = {}) {
  return injectFault({ contains: chatId, times: 1, kind: "delay", delayMs: HANGING_MS, ...fault });
}

/** Resolves once the provider's connection of a turn's first call is closed. */
export function closedConnection(marker: string): Promise<true> {
  return until(async () => (await answersContaining(marker))[0]?.aborted);
}

/** A user's calls to providers, oldest first, once there are so many. */
export function ledgerOf({ user }: SignedIn, count: number) {
  return until(async () => {
    const rows = await query(
      `SELECT message_id, chat_id, attempt, prompt_tokens, completion_tokens, estimated FROM ai_usage
       WHERE user_id = $1 AND service_type = 'answer' ORDER BY created_at, attempt`,
      [user.id],
    );
    return rows.length >= count && rows;
  });
}

/** How the ledger's sums differ from its rows, and what is still reserved: nothing of it, if all is right. */
export async function errorsOfLedger({ user }: SignedIn) {
  return query(
    `SELECT 'usage_days' AS wrong FROM usage_days WHERE user_id = $1 AND subject_id = $1
     HAVING coalesce(sum(tokens), 0) <> (SELECT coalesce(sum(total_tokens), 0) FROM ai_usage WHERE user_id = $1)
       OR coalesce(sum(calls), 0) <> (SELECT count(*) FROM ai_usage WHERE user_id = $1)
     UNION ALL SELECT 'budget_reservations' FROM budget_reservations WHERE user_id = $1
     UNION ALL SELECT 'streaming' FROM messages AS m JOIN chats ON chats.id = m.chat_id
       WHERE chats.user_id = $1 AND m.status = 'streaming'`,
    [user.id],
  );
}
