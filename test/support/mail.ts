/** What a test can inspect of the mails that were sent, and faults to inject. */
import { inject } from "vitest";
import type { Fault } from "../../local/fault-control.ts";
import type { ReceivedMail } from "../../local/mail.ts";
import { present } from "../../src/lib/assert.ts";
import { until } from "./until.ts";

type Call = { body: string };

const headers = { authorization: `Bearer ${inject("controlKeys").mail}` };

async function control(path: string, contains = "", init: RequestInit = {}): Promise<unknown> {
  const url = new URL(`/_control/${path}`, inject("mailUrl"));
  url.searchParams.set("contains", contains);
  return (await fetch(url, { ...init, headers })).json();
}

/** The mails to an address so far, oldest first. */
export async function mailsTo(address: string): Promise<ReceivedMail[]> {
  return (await control("mails", address)) as ReceivedMail[];
}

/** Waits until this many mails to an address have arrived. */
export async function waitForMails(address: string, count = 1): Promise<ReceivedMail[]> {
  return until(async () => {
    const mails = await mailsTo(address);
    return mails.length >= count && mails;
  });
}

/** The requests that contained a text, refused ones too. */
export async function mailCalls(contains: string): Promise<Call[]> {
  return (await control("calls", contains)) as Call[];
}

/** Injects a fault into the next mails that contain a text, such as an address. */
export async function injectMailFault(fault: Fault): Promise<void> {
  const body = JSON.stringify(fault);
  await control(`faults/${crypto.randomUUID()}`, "", { method: "PUT", body });
}

/** The token in the link of a mail; empty where there is none. */
export function tokenIn(mail: ReceivedMail | undefined): string {
  return /#(?:verify_email|reset_password)=([\w-]+)/.exec(mail?.text ?? "")?.[1] ?? "";
}

/** The path of the page that the link of a mail leads to, with its token. Throws where there is no link. */
export function pathIn(mail: ReceivedMail | undefined): string {
  return present(/\/app#[\w=-]+/.exec(mail?.text ?? "")?.[0], "the link of the mail");
}
