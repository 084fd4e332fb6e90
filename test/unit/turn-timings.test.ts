import { describe, expect, it } from "vitest";
import { TurnTimer } from "../../src/features/turns/generate/timings.ts";

/** A clock that the test moves, and a timer of a request that arrived at 1,000. */
function timerAt(now: number) {
  const time = { now };
  return { time, timer: new TurnTimer(() => time.now, 1_000) };
}

describe("the timings of a turn", () => {
  it("count as overhead what passes before the call, and after the first token until its event", () => {
    const { time, timer } = timerAt(1_004);
    time.now = 1_020;
    timer.onCall();
    time.now = 1_320;
    timer.onResponse();
    time.now = 1_321;
    timer.onFirstEvent();
    time.now = 1_700;
    timer.onResponse();
    timer.onFirstEvent();
    expect(timer.timings).toEqual({
      overhead_ms: 21,
      provider_first_token_ms: 300,
      total_ms: 700,
    });
  });

  it("count both providers' time where the second answers", () => {
    const { time, timer } = timerAt(1_000);
    timer.onCall();
    time.now = 1_200;
    timer.onResponse();
    time.now = 1_210;
    timer.onCall();
    time.now = 1_260;
    timer.onResponse();
    timer.onFirstEvent();
    expect(timer.timings).toEqual({
      overhead_ms: 10,
      provider_first_token_ms: 250,
      total_ms: 260,
    });
  });

  it("count from a call that was made earlier, and to a token that was held back", () => {
    const { time, timer } = timerAt(1_100);
    timer.onCall();
    timer.onCall(1_010);
    timer.onResponse(1_060);
    timer.onResponse();
    time.now = 1_101;
    timer.onFirstEvent();
    expect(timer.timings).toEqual({ overhead_ms: 51, provider_first_token_ms: 50, total_ms: 101 });
  });

  it("have only the total where no token came", () => {
    const { time, timer } = timerAt(1_000);
    timer.onCall();
    time.now = 1_900;
    timer.onResponse();
    expect(timer.timings).toEqual({ total_ms: 900 });
  });

  it("are never negative where the Worker's clock runs ahead of the room's", () => {
    const { time, timer } = timerAt(990);
    timer.onCall();
    time.now = 1_040;
    timer.onResponse();
    timer.onFirstEvent();
    expect(timer.timings).toEqual({ overhead_ms: 0, provider_first_token_ms: 50, total_ms: 50 });
  });
});
