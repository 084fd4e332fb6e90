/** Shows a turn to its end: a lost connection is resumed, and Ctrl-C stops the answer. */
import { ApiError, type ReadOptions, type Turn } from "../../clients/ts/src/index.ts";
import { describeFailure, retryHint } from "../failure.ts";
import { type Interrupts, Left } from "../input/interrupts.ts";
import { toJsonLine } from "../output/neutralise.ts";
import type { Screen } from "../output/screen.ts";
import type { Session } from "../session.ts";
import { Answer, type Status, type View } from "./answer.ts";

export type Terminal = { session: Session; screen: Screen; interrupts: Interrupts };

export type Finished = {
  /** Undefined where there was no turn to follow. */
  messageId: string | undefined;
  chatId: string | undefined;
  /** The chat's new title, if it got one. */
  title: string | undefined;
  /** Of the answer; undefined where its end was no longer kept. */
  status: Status | undefined;
};

type Options = {
  view?: View;
  /** Hands over how to stop the answer. */
  onStart?: (stop: () => void) => void;
};

/** Throws `Left` where the person leaves; the answer goes on without them. */
export async function runTurn(
  terminal: Terminal,
  start: (options: ReadOptions) => Turn,
  { view = new Answer(terminal.screen), onStart }: Options = {},
): Promise<Finished> {
  const { screen, interrupts, session } = terminal;
  const leave = new AbortController();
  const turn = start({ signal: leave.signal, onRetry: (error) => noteRetry(screen, error) });
  const stop = () => stopTurn(terminal, turn);
  onStart?.(stop);
  using _ = interrupts.handle(twice(stop, () => leave.abort(new Left())));
  let title: string | undefined;
  try {
    for await (const event of turn) {
      if (event.type === "chat_name") title = event.name;
      view.show(event);
    }
    const status = await view.end(session.client, turn);
    return { chatId: turn.chatId, messageId: turn.messageId, title, status };
  } catch (error) {
    view.abandon();
    if (turn.messageId !== undefined) screen.note(`The answer goes on: --chat ${turn.chatId}`);
    throw error;
  }
}

/** The events as JSON, one per line. */
export function jsonView(screen: Screen): View {
  let status: Finished["status"];
  return {
    show: (event) => {
      if (event.type === "ai_message_complete") status = event.message.status;
      screen.data(toJsonLine(event));
    },
    end: async () => status,
    abandon: () => undefined,
  };
}

/** The first time one thing, from then on another. */
export function twice(first: () => void, then: () => void): () => void {
  let isFirst = true;
  return () => {
    if (isFirst) first();
    else then();
    isFirst = false;
  };
}

function stopTurn({ screen, session }: Terminal, turn: Turn): void {
  screen.note("Stopping the answer. Ctrl-C leaves, and the answer goes on.");
  turn.stop().catch((error: unknown) => {
    // Of a turn that never began, its own failure is shown.
    if (turn.chatId !== undefined) screen.note(describeFailure(error, session.url));
  });
}

function noteRetry(screen: Screen, error: unknown): void {
  if (!(error instanceof ApiError)) return screen.note("The connection is lost, reconnecting…");
  const { problem, retryAfterMs } = error;
  const hint = retryAfterMs === undefined ? "" : retryHint(retryAfterMs / 1_000);
  screen.note(`${problem.detail}${hint} Trying again…`);
}
