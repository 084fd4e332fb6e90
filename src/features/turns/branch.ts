/** Answering a question once more, and asking it otherwise: what was there stays beside it. */
import type { Context } from "hono";
import { sql } from "drizzle-orm";
import { type Db, repeatable } from "../../db/client.ts";
import type { App } from "../../http/router.ts";
import { Problem } from "../../lib/problem.ts";
import { SHOWN_SIBLINGS } from "../messages/queries.ts";
import type { Answers } from "./store/target.ts";
import type { AnswerAgain, TurnBody } from "./schemas.ts";
import { answerTurn, toQuestion } from "./ask.ts";

/** Another answer beside this one; for a question, one more beside those that it has. */
export function answerAgain(c: Context<App>, id: string, body: AnswerAgain): Promise<Response> {
  return answerTurn(c, body, async () => {
    const { chatId, questionId, answers } = await branchPointOf(c, id);
    if (!questionId) throw new Problem("no_question");
    return { place: "beside_answer", chatId, question: { id: questionId }, answers };
  });
}

/** A question beside this one, answered. */
export function editQuestion(c: Context<App>, id: string, body: TurnBody): Promise<Response> {
  return answerTurn(c, body, async () => {
    const { chatId, questionId } = await branchPointOf(c, id);
    if (questionId !== id) throw new Problem("answer_not_editable");
    const question = toQuestion(c, body);
    return { place: "beside_question", chatId, besideId: id, question };
  });
}

function branchPointOf(c: Context<App>, messageId: string): Promise<BranchPoint> {
  return getBranchPoint(c.get("deps").db, c.get("principal").userId, messageId);
}

/** What never changes of a message, but that it goes with its chat; and the answers so far. */
type BranchPoint = {
  chatId: string;
  /** Itself where it is a question, or the one that it answers; null for what answers none. */
  questionId: string | null;
  answers: Answers;
};

type Row = { chat_id: string; question_id: string | null; answer_ids: string[]; answers: number };

/** Throws `not_found`. The turn checks all of it again as it begins. */
async function getBranchPoint(db: Db, ownerId: string, messageId: string): Promise<BranchPoint> {
  const { rows } = await repeatable(() =>
    db.execute<Row>(sql`
      SELECT m.chat_id, q.id AS question_id, found.answer_ids, found.answers
      FROM messages AS m JOIN chats AS c ON c.id = m.chat_id
      LEFT JOIN messages AS q ON q.chat_id = m.chat_id AND q.type = 'user'
        AND q.id = CASE m.type WHEN 'user' THEN m.id ELSE m.parent_id END
      CROSS JOIN LATERAL (
        SELECT count(*)::int AS answers,
          coalesce((array_agg(a.id::text ORDER BY a.created_at, a.id))[:${SHOWN_SIBLINGS}::int], '{}') AS answer_ids
        FROM messages AS a WHERE a.chat_id = m.chat_id AND a.parent_id = q.id
      ) AS found
      WHERE m.id = ${messageId} AND c.user_id = ${ownerId}`),
  );
  const row = rows[0];
  if (!row) throw new Problem("not_found");
  const answers = { ids: row.answer_ids, count: row.answers };
  return { chatId: row.chat_id, questionId: row.question_id, answers };
}
