import { afterAll, beforeAll, expect, it } from "vitest";
import { anonymous, expectProblem } from "../../support/client.ts";
import { type FastWorker, startFastWorker } from "../../support/fast-worker.ts";
import { PASSWORD } from "../../support/logs/secrets.ts";
import { query } from "../../support/postgres.ts";

const AT_ONCE = 20;

/** Two isolates of one deployment. */
let workers: FastWorker[];
beforeAll(async () => {
  workers = await Promise.all([startFastWorker(), startFastWorker()]);
});
afterAll(() => Promise.all(workers.map((worker) => worker.close())));

it("Twenty registrations of one address at once, in any case and two isolates, make one account and one session", async () => {
  const email = `eve.${crypto.randomUUID()}@example.com`;
  const tries = Array.from({ length: AT_ONCE }, (_, index) => {
    const address = index % 3 === 0 ? email.toUpperCase() : email;
    const account = { name: `Eve ${index}`, email: address, password: `${PASSWORD} ${index}` };
    const client = anonymous(workers[index % 2]?.url);
    return client.post("/auth/register", account);
  });
  const responses = await Promise.all(tries);
  const won = responses.flatMap(({ status }, index) => (status === 201 ? [index] : []));
  expect(won).toHaveLength(1);
  for (const response of responses) {
    if (response.status !== 201) expectProblem(response, 409, "email_taken");
  }
  const winner = responses[won[0] ?? -1]?.body;
  const rows = await query(
    `SELECT u.id, u.name, (SELECT count(*) FROM sessions AS s WHERE s.user_id = u.id) AS sessions,
       (SELECT count(*) FROM security_events AS e WHERE e.user_id = u.id AND e.kind = 'account_created') AS created
     FROM users AS u WHERE lower(u.email) = $1`,
    [email],
  );
  const account = { id: winner.user.id, name: winner.user.name, sessions: "1", created: "1" };
  expect(rows).toEqual([account]);
  const statuses = await Promise.all(
    tries.map(async (_, index) => {
      const password = `${PASSWORD} ${index}`;
      const { status } = await anonymous(workers[0]?.url).post("/auth/login", { email, password });
      return status;
    }),
  );
  expect(statuses.flatMap((status, index) => (status === 200 ? [index] : []))).toEqual(won);
}, 60_000);
