/**
 * The device on which an account has signed in before: a long-lived cookie, signed for this account. Its failed
 * sign-ins are counted apart from everybody else's, so that nobody locks the owner out of it. It signs in nothing.
 */
import type { Context } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import type { App } from "../../http/router.ts";
import { isId } from "../../lib/ids.ts";
import { cookieSettings } from "./cookies.ts";
import { toEmailKey } from "./email.ts";

const KEPT_SECONDS = 180 * 24 * 60 * 60;

/** The id of the device, if the account with this address has signed in on it. */
export async function findDevice(c: Context<App>, email: string): Promise<string | undefined> {
  const value = getCookie(c, cookieSettings(c).device);
  const [id = "", signature = ""] = value?.split(".") ?? [];
  const isSigned =
    value && isId(id) && (await c.get("deps").devices.isSigned(id, toEmailKey(email), signature));
  return isSigned ? id : undefined;
}

/** Sets the cookie for the account with this address. */
export async function rememberDevice(c: Context<App>, email: string): Promise<void> {
  const { newId, devices } = c.get("deps");
  const id = (await findDevice(c, email)) ?? newId();
  const { device, attributes } = cookieSettings(c);
  const value = `${id}.${await devices.sign(id, toEmailKey(email))}`;
  setCookie(c, device, value, { ...attributes, maxAge: KEPT_SECONDS });
}

/** Clears the cookie: its account is deleted. */
export function forgetDevice(c: Context<App>): void {
  const { device, attributes } = cookieSettings(c);
  deleteCookie(c, device, attributes);
}
