import { describe, expect, it } from "vitest";
import { BAD_HISTORIES } from "../support/faults/bad-histories.ts";
import { findViolations, RULES } from "../support/faults/checker.ts";
import {
  afterCrash,
  ANSWER,
  call,
  CHAT,
  goodHistory,
  leftUnsure,
  noRows,
  row,
  usageRow,
} from "../support/faults/good-history.ts";

describe("a history in which", () => {
  it("nothing is wrong is accepted", () => {
    expect(findViolations(goodHistory().history)).toEqual([]);
  });

  it("a crash loses the middle of a stream, once, is accepted", () => {
    const good = goodHistory();
    afterCrash(good, 4);
    good.resumed.events = good.events.slice(4);
    good.stream.events = good.events.slice(0, 3);
    good.stream.end = "broken";
    const message = { ...ANSWER, status: "interrupted", content: "Yes, n" };
    if (good.events[4]) good.events[4].data = { message };
    const stored = row("a1", "q1", { type: "bot", status: "interrupted", content: "Yes, n" });
    good.history.rows.messages[1] = stored;
    expect(findViolations(good.history)).toEqual([]);
  });

  it("a chat is deleted while it is read is accepted", () => {
    const { history, stream, resumed, again } = goodHistory();
    history.calls.push(call({ kind: "delete", startedAt: 7, endedAt: 8 }));
    history.rows = noRows();
    history.views = [{ chatId: CHAT, status: 404, body: {} }];
    stream.events = stream.events?.slice(0, 3) ?? [];
    for (const late of [resumed, again]) {
      late.status = 404;
      delete late.events;
    }
    expect(findViolations(history)).toEqual([]);
  });

  it("a lost turn is emitted as yet to be saved, and is stored whole, is accepted", () => {
    const good = goodHistory();
    leftUnsure(good, "save_delayed", "Yes, ");
    expect(findViolations(good.history)).toEqual([]);
  });

  it("a repeat had another call made, which is paid by an estimate without a message, is accepted", () => {
    const { history } = goodHistory();
    const message = history.rows.messages[1];
    if (message) message.usage = { prompt: 0, completion: 0, cost: "0" };
    history.rows.usage = [usageRow({ message_id: null, estimated: true })];
    expect(findViolations(history)).toEqual([]);
  });

  it("a chat is deleted twice, and the response to the second's first try was lost, is accepted", () => {
    const { history } = goodHistory();
    history.calls.push(call({ kind: "delete", startedAt: 90, endedAt: 91 }));
    history.calls.push(call({ kind: "delete", startedAt: 92, endedAt: 93 }));
    history.unanswered.push(92.5);
    history.rows = noRows();
    history.views = [{ chatId: CHAT, status: 404, body: {} }];
    expect(findViolations(history)).toEqual([]);
  });

  for (const [rule, cases] of Object.entries(BAD_HISTORIES)) {
    for (const [what, spoil] of Object.entries(cases)) {
      it(`${what} is detected by "${rule}"`, () => {
        const good = goodHistory();
        spoil(good);
        const rules = findViolations(good.history).map((found) => found.split(":")[0]);
        expect(rules).toContain(rule);
      });
    }
  }

  it("every rule has a violation", () => {
    expect(Object.keys(BAD_HISTORIES).toSorted()).toEqual(RULES.toSorted());
  });
});
