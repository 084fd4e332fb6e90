/** Corruptions of a ledger, by the rule that must detect them. */
import { type Good, row, usageRow } from "./good-history.ts";

export const BAD_LEDGERS: Record<string, Record<string, (good: Good) => void>> = {
  usageIsWrittenOnce: {
    "an attempt is paid for twice": ({ history }) => history.rows.usage.push(usageRow()),
  },
  callsAreBilled: {
    "the provider was called, and there is no usage row": ({ history }) =>
      (history.rows.usage = []),
    "the estimate of a refused call is another chat's": ({ history }) =>
      (history.rows.usage = [usageRow({ chat_id: "other", message_id: null, estimated: true })]),
  },
  sumsAreOfTheLedger: {
    "a day costs a pico-dollar more": ({ history }) =>
      (history.rows.sums.usage_days.cost = "4800001"),
    "a call is missing in the sums by model": ({ history }) =>
      (history.rows.sums.usage_sums.calls = 0),
    "a call without a known price counts as priced": ({ history }) =>
      (history.rows.usage = [usageRow({ cost: null })]),
  },
  costsFollowTheRates: {
    "a call costs a pico-dollar less": ({ history }) =>
      (history.rows.usage = [usageRow({ cost: "4799999" })]),
    "a call has no price": ({ history }) =>
      (history.rows.usage = [usageRow({ cost: null, rates: null })]),
    "cached tokens are paid in full": ({ history }) =>
      (history.rows.usage = [
        usageRow({ cached: 20, rates: { prompt: 150_000, cached: 75_000, completion: 600_000 } }),
      ]),
  },
  nothingStaysReserved: {
    "an answer that has ended has a reservation": ({ history }) =>
      history.rows.reserved.push({ message_id: "a1" }),
  },
  shownCostsAreInTheLedger: {
    "an answer shows another cost": ({ history }) => {
      const usage = { prompt: 20, completion: 3, cost: "1" };
      history.rows.messages[1] = row("a1", "q1", { type: "bot", content: "Yes, no.", usage });
    },
    "an answer shows a cost that nobody has paid": ({ history }) => (history.rows.usage = []),
  },
  countsAreOfTheProvider: {
    "a call is billed twice, once as another's": ({ history }) =>
      history.rows.usage.push(usageRow({ message_id: null })),
    "a call is billed with a token too many": ({ history }) =>
      (history.rows.usage = [usageRow({ completion: 4 })]),
  },
  refusedCallsAreEstimated: {
    "a call without a message has a provider's count": ({ history }) =>
      (history.rows.usage = [usageRow({ message_id: null })]),
  },
};
