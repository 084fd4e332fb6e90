/** An API at `localhost`, a frontend on another port of it, and pages of others. */
import { type LocalOidc, startOidc } from "../../local/oidc.ts";
import { type FastWorker, startFastWorker } from "./fast-worker.ts";
import { loggedLine } from "./logs/logged-line.ts";
import { startPageServer } from "./page-server.ts";

/** `problem` is undefined for a request that succeeded. */
export type SeenRequest = { method: string; status: number; problem: string | undefined };

export type BrowserSite = {
  /** The origin of the API. */
  api: string;
  /** The page of the frontend, whose origin is allowed. */
  app: string;
  /** The example's page, of the same origin. */
  eventSource: string;
  /** Empty pages of origins that are not allowed. */
  strangers: {
    /** On another port: the same site, so that the cookies are sent. */
    sameSite: string;
    foreignName: string;
    foreignAddress: string;
  };
  oidc: LocalOidc;
  /** The requests that the API has responded to, without the first `since` of them. */
  requests: (since?: number) => Promise<SeenRequest[]>;
  close: () => Promise<void>;
};

/** Starts all of it in the world of this run; the settings are those of the Worker. */
export async function startBrowserSite(
  settings: Record<string, string> = {},
): Promise<BrowserSite> {
  await using stack = new AsyncDisposableStack();
  const oidc = await startOidc();
  stack.defer(oidc.close);
  const frontend = await startPageServer();
  stack.defer(frontend.close);
  const others = await startPageServer();
  stack.defer(others.close);
  const worker = await startFastWorker({
    ALLOWED_ORIGINS: frontend.originAt("localhost"),
    OIDC_ISSUER: oidc.issuer,
    OIDC_CLIENT_ID: oidc.clientId,
    OIDC_CLIENT_SECRET: oidc.clientSecret,
    ...settings,
  });
  stack.defer(worker.close);
  const api = worker.url.replace("127.0.0.1", "localhost");
  const running = stack.move();
  const pageAt = (name: string) =>
    `${frontend.originAt("localhost")}/${name}?api=${encodeURIComponent(api)}`;
  return {
    api,
    app: pageAt("app.html"),
    eventSource: pageAt("event-source.html"),
    strangers: {
      sameSite: `${others.originAt("localhost")}/empty.html`,
      foreignName: `${others.originAt("foreign.example")}/empty.html`,
      foreignAddress: `${others.originAt("127.0.0.1")}/empty.html`,
    },
    oidc,
    requests: async (since = 0) => (await requestsOf(worker)).slice(since),
    close: () => running.disposeAsync(),
  };
}

/** The log arrives after the responses, but in order: a request sent now shows that those before it are there. */
async function requestsOf(worker: FastWorker): Promise<SeenRequest[]> {
  const response = await fetch(`${worker.url}/health/live`);
  await response.text();
  const own = `"request_id":"${response.headers.get("x-request-id")}"`;
  await loggedLine(worker, own);
  return worker.logs().flatMap(toRequest);
}

/** The request of a line of the log; empty for another event, and for one of `requestsOf`. */
function toRequest(line: string): SeenRequest[] {
  if (!line.includes('"event":"request"') || line.includes('"/health/live"')) return [];
  const { method, status, problem } = JSON.parse(line.slice(line.indexOf("{")));
  return [{ method, status, problem }];
}
