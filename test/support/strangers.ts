/** What a page tries against an API that it has no business with: everything that a browser lets it send. */
import type { Page, Request } from "playwright-core";

type Form = { enctype?: string; fields?: Record<string, string> };

/** Submits a form as a navigation of the tab; the status of the response. */
export async function submitForm(page: Page, url: string, form: Form = {}): Promise<number> {
  const { enctype = "application/x-www-form-urlencoded", fields = {} } = form;
  const response = page.waitForResponse((each) => each.url() === url);
  await page.evaluate(
    ({ action, enctype, inputs }) => {
      const form = Object.assign(document.createElement("form"), { method: "post" });
      Object.assign(form, { action, enctype });
      for (const [name, value] of inputs) {
        form.append(Object.assign(document.createElement("input"), { name, value }));
      }
      document.body.append(form);
      form.submit();
    },
    { action: url, enctype, inputs: Object.entries(fields) },
  );
  await page.waitForURL(url);
  return (await response).status();
}

/** A form whose body is JSON: `{"title":"Stolen","x":"="}`. */
export function jsonForm(fields: object): Form {
  const text = JSON.stringify(fields).slice(0, -1);
  return { enctype: "text/plain", fields: { [`${text},"x":"`]: '"}' } };
}

/** What a page can say about a request, as it is passed to the page. */
export type Sent = {
  method?: string;
  mode?: RequestMode;
  credentials?: RequestCredentials;
  headers?: Record<string, string>;
  body?: string;
  keepalive?: boolean;
};

/** What the page learns from a request, by default with credentials: the body, or nothing. */
export function readBy(page: Page, url: string, init: Sent = {}): Promise<string> {
  return page.evaluate(
    async ({ url, init }) => {
      try {
        const response = await fetch(url, { credentials: "include", ...init });
        return await response.text();
      } catch {
        return "";
      }
    },
    { url, init },
  );
}

/** Sends text by `sendBeacon`; resolves once there is a response, which the page never sees. */
export async function beacon(page: Page, url: string, text: string): Promise<void> {
  const isIt = (request: Request) => request.url() === url;
  const responded = Promise.race([
    page.waitForEvent("requestfinished", isIt),
    page.waitForEvent("requestfailed", isIt),
  ]);
  await page.evaluate(({ url, text }) => navigator.sendBeacon(url, text), { url, text });
  await responded;
}

/** The first event of an event source: a name of the API's, or `error`. */
export function firstEventOf(page: Page, url: string): Promise<string> {
  return page.evaluate(
    (url) =>
      new Promise<string>((resolve) => {
        const source = new EventSource(url, { withCredentials: true });
        for (const type of ["error", "open", "user_message"]) {
          source.addEventListener(type, () => {
            source.close();
            resolve(type);
          });
        }
      }),
    url,
  );
}

/** `open` or `error`. */
export function firstStateOf(page: Page, socketUrl: string): Promise<string> {
  return page.evaluate(
    (url) =>
      new Promise<string>((resolve) => {
        const socket = new WebSocket(url);
        for (const type of ["open", "error"]) {
          socket.addEventListener(type, () => {
            socket.close();
            resolve(type);
          });
        }
      }),
    socketUrl,
  );
}

/** Embeds a URL; `load` or `error`. */
export function embed(page: Page, tag: "iframe" | "img" | "script", url: string): Promise<string> {
  return page.evaluate(
    ({ tag, src }) =>
      new Promise<string>((resolve) => {
        const element = document.createElement(tag);
        for (const type of ["load", "error"]) element.addEventListener(type, () => resolve(type));
        Object.assign(element, { src });
        document.body.append(element);
      }),
    { tag, src: url },
  );
}
