/** Sends messages to queues: with the trace of what sends them, and with a deadline. */
import { within } from "./clock.ts";
import { currentTrace, type TracedMessage } from "./trace.ts";

/** How long a queue may take to accept a message. */
const SEND_MS = 10_000;

/** Throws what the queue throws, and a `TimeoutError`: then the message may have been accepted. */
export async function sendInTime<T extends TracedMessage>(
  queue: Pick<Queue<T>, "send">,
  message: T,
  options?: QueueSendOptions,
): Promise<void> {
  const traceparent = currentTrace()?.traceparent;
  const traced = traceparent === undefined ? message : { ...message, traceparent };
  const sending = queue.send(traced, options).then(() => true);
  if (await within(SEND_MS, sending)) return;
  throw new DOMException("the queue did not accept the message in time", "TimeoutError");
}
