import { execFile } from "node:child_process";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { verifyAudit } from "../../local/audit-verify.ts";
import { createDb } from "../../src/db/client.ts";
import { loggedLine } from "../support/logs/logged-line.ts";
import { type OwnWorld, startOwnWorld, WORLD_START_MS } from "../support/own-world.ts";

const [ADA, EVE] = ["00000000-0000-7000-8000-00000000000a", "00000000-0000-7000-8000-00000000000e"];
const SCRIPT = join(import.meta.dirname, "..", "..", "local", "audit-verify.ts");

let world: OwnWorld;
beforeAll(async () => {
  world = await startOwnWorld();
  // More than one page of the check, over two days.
  await append(ADA, 3, 1_500);
  await append(EVE, 3, 5);
  await append(ADA, 2, 1_500);
  await world.minute();
}, WORLD_START_MS);
afterAll(() => world.close());

/** Events at noon UTC of a day that has passed. */
const append = (userId: string, daysAgo: number, count: number) =>
  world.query(
    `INSERT INTO security_events (id, user_id, position, kind, details_hash, created_at, hash)
     SELECT gen_random_uuid(), $1::uuid, 0, 'signed_in', 'none',
       (now() AT TIME ZONE 'UTC')::date::timestamp AT TIME ZONE 'UTC' - interval '1 day' * $2::int + interval '12 hours', ''
     FROM generate_series(1, $3::int)`,
    [userId, String(daysAgo), String(count)],
  );

/** Runs the program, as an operator does. */
function runProgram(): Promise<{ code: number; output: string }> {
  const env = { ...process.env, ...world.databaseVars };
  return new Promise((resolve) => {
    execFile(process.execPath, [SCRIPT], { env }, (error, output) => {
      resolve({ code: error ? Number(error.code) : 0, output });
    });
  });
}

/** What does not match, one sentence to a line. */
async function check(): Promise<string> {
  const { faults } = await verifyAudit(createDb(world.databaseVars));
  return faults.join("\n");
}

async function programFails(): Promise<string> {
  const { code, output } = await runProgram();
  expect(code).toBe(1);
  expect(output).not.toContain("Everything matches.");
  return output;
}

/** Changes what the triggers protect, as somebody with full access to Postgres can; then changes it back. */
async function afterTampering(change: string, undo: string, look = check): Promise<string> {
  const withoutTriggers = async (sql: string) => {
    for (const table of ["security_events", "audit_anchors"]) {
      await world.query(`ALTER TABLE ${table} DISABLE TRIGGER USER`);
    }
    for (const statement of sql.split(";")) await world.query(statement);
    for (const table of ["security_events", "audit_anchors"]) {
      await world.query(`ALTER TABLE ${table} ENABLE TRIGGER USER`);
    }
  };
  await withoutTriggers(change);
  const found = await look();
  await withoutTriggers(undo);
  return found;
}

const at = (position: number) => `user_id = '${ADA}' AND position = ${position}`;

describe("the check of the audit log", () => {
  it("finds nothing in what the product has written, and names the newest anchor", async () => {
    const { code, output } = await runProgram();
    expect(output).toContain("3005 events in 2 chains, 3 anchors.");
    expect(output).toContain("Everything matches.");
    expect(code).toBe(0);
    const [, day, hash] = /The newest anchor, of (\S+): (\S+)/.exec(output) ?? [];
    await loggedLine(world.worker, '"audit_anchor"', `"${day}"`, `"${hash}"`);
  });

  it("finds a changed event, by its account and position", async () => {
    const output = await afterTampering(
      `UPDATE security_events SET kind = 'signed_out' WHERE ${at(700)}`,
      `UPDATE security_events SET kind = 'signed_in' WHERE ${at(700)}`,
      programFails,
    );
    expect(output).toContain(`${ADA} position 700: the hash does not match`);
  });

  it("finds a deleted event in the middle", async () => {
    const output = await afterTampering(
      `CREATE TABLE kept AS SELECT * FROM security_events WHERE ${at(2_001)};
       DELETE FROM security_events WHERE ${at(2_001)}`,
      "INSERT INTO security_events SELECT * FROM kept; DROP TABLE kept",
    );
    expect(output).toContain(`${ADA} position 2002: position 2001 is missing`);
    expect(output).toContain("it does not match the events of that day");
  });

  it("finds a deleted end of a chain", async () => {
    const output = await afterTampering(
      `CREATE TABLE kept AS SELECT * FROM security_events WHERE ${at(3_000)};
       DELETE FROM security_events WHERE ${at(3_000)}`,
      "INSERT INTO security_events SELECT * FROM kept; DROP TABLE kept",
    );
    expect(output).toContain(`${ADA}: the chain ends before position 3000`);
  });

  it("finds a deleted end of which the head was moved back too, by its anchor", async () => {
    const output = await afterTampering(
      `CREATE TABLE kept AS SELECT * FROM security_events WHERE ${at(3_000)};
       DELETE FROM security_events WHERE ${at(3_000)};
       UPDATE security_event_chains AS c SET position = e.position, hash = e.hash FROM security_events AS e
       WHERE e.user_id = c.user_id AND e.position = 2999`,
      `INSERT INTO security_events SELECT * FROM kept;
       UPDATE security_event_chains AS c SET position = e.position, hash = e.hash FROM kept AS e
       WHERE e.user_id = c.user_id; DROP TABLE kept`,
    );
    expect(output).not.toContain("the chain ends before");
    expect(output).toMatch(/anchor of [\d-]+: it does not match the events of that day/);
  });

  it("finds a changed head", async () => {
    const output = await afterTampering(
      `UPDATE security_event_chains SET hash = repeat('0', 64) WHERE user_id = '${EVE}'`,
      `UPDATE security_event_chains AS c SET hash = e.hash FROM security_events AS e
       WHERE e.user_id = c.user_id AND e.position = c.position AND c.user_id = '${EVE}'`,
    );
    expect(output).toContain(`${EVE} position 5: the head of the chain has another hash`);
  });

  it("finds a chain that was removed as a whole, by its anchor", async () => {
    const output = await afterTampering(
      `CREATE TABLE kept AS SELECT * FROM security_events WHERE user_id = '${EVE}';
       CREATE TABLE kept_head AS SELECT * FROM security_event_chains WHERE user_id = '${EVE}';
       DELETE FROM security_events WHERE user_id = '${EVE}';
       DELETE FROM security_event_chains WHERE user_id = '${EVE}'`,
      `INSERT INTO security_events SELECT * FROM kept; DROP TABLE kept;
       INSERT INTO security_event_chains SELECT * FROM kept_head; DROP TABLE kept_head`,
    );
    expect(output).toMatch(/anchor of [\d-]+: it does not match the events of that day/);
  });

  it("finds a changed anchor, and a missing one", async () => {
    const first = "day = (SELECT min(day) FROM audit_anchors)";
    const changed = await afterTampering(
      `UPDATE audit_anchors SET events = events + 1 WHERE ${first}`,
      `UPDATE audit_anchors SET events = events - 1 WHERE ${first}`,
    );
    expect(changed).toContain("it does not match the events of that day");
    const middle = "day = (SELECT min(day) + 1 FROM audit_anchors)";
    const missing = await afterTampering(
      `CREATE TABLE kept AS SELECT * FROM audit_anchors WHERE ${middle};
       DELETE FROM audit_anchors WHERE ${middle}`,
      "INSERT INTO audit_anchors SELECT * FROM kept; DROP TABLE kept",
    );
    expect(missing).toContain("the day before it is missing");
  });

  it("finds changed details, and accepts those that an erasure deleted", async () => {
    const ada = await world.signUp();
    const own = `user_id = '${ada.user.id}'`;
    const output = await afterTampering(
      `UPDATE security_event_details SET details = details || ' ' WHERE ${own}`,
      `UPDATE security_event_details SET details = left(details, -1) WHERE ${own}`,
    );
    expect(output).toContain(`${ada.user.id} position 1: the details do not match their hash`);
    await ada.delete("/users/me", { password: ada.password });
    expect(await check()).toBe("");
  });

  it("is not needed for a plain change: the tables refuse it", async () => {
    for (const sql of [
      `UPDATE security_events SET kind = 'x' WHERE ${at(1)}`,
      `DELETE FROM security_events WHERE ${at(1)}`,
      "UPDATE audit_anchors SET events = 0",
    ]) {
      await expect(world.query(sql)).rejects.toThrow("append-only");
    }
    expect(await check()).toBe("");
  });

  it("matches chains that grow while it reads them", async () => {
    const db = createDb(world.databaseVars);
    const { faults, chains } = await verifyAudit({
      execute: async (statement) => {
        const result = await db.execute(statement);
        for (const userId of [ADA, EVE]) await append(userId, 0, 1);
        return result;
      },
    });
    expect(faults).toEqual([]);
    expect(chains).toBeGreaterThanOrEqual(2);
  });

  it("matches after the cron ran many times at once", async () => {
    await Promise.all(Array.from({ length: 5 }, world.minute));
    expect((await runProgram()).output).toContain("3 anchors.");
  });
});
