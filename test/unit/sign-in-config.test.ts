import { expect, it } from "vitest";
import { ConfigError, type Env, readConfig } from "../../src/env.ts";

const BASE = { DATABASE_URL: "postgres://a/b", SECRET_KEY: "s".repeat(32) };
const PROVIDER = { OIDC_ISSUER: "https://id.example", OIDC_CLIENT_ID: "x" };

/** The variables that are refused. */
function refused(vars: Record<string, string>): string[] {
  try {
    readConfig({ ...BASE, ...vars } as unknown as Env);
    return [];
  } catch (error) {
    return error instanceof ConfigError ? error.variables : ["another error"];
  }
}

it("accepts passwords, a provider, or both", () => {
  expect(refused({})).toEqual([]);
  expect(refused(PROVIDER)).toEqual([]);
  expect(refused({ ...PROVIDER, PASSWORD_SIGN_IN: "off" })).toEqual([]);
  expect(refused({ ...PROVIDER, OIDC_ISSUER: "http://127.0.0.1:9000" })).toEqual([]);
});

it("refuses a half provider, one without TLS, and a product into which nobody can sign in", () => {
  expect(refused({ OIDC_ISSUER: PROVIDER.OIDC_ISSUER })).toEqual(["OIDC_CLIENT_ID"]);
  expect(refused({ OIDC_CLIENT_ID: "x" })).toEqual(["OIDC_ISSUER"]);
  expect(refused({ PASSWORD_SIGN_IN: "off" })).toEqual(["OIDC_ISSUER"]);
  expect(refused({ ...PROVIDER, PASSWORD_SIGN_IN: "no" })).toEqual(["PASSWORD_SIGN_IN"]);
  expect(refused({ ...PROVIDER, OIDC_ISSUER: "http://id.example" })).toEqual(["OIDC_ISSUER"]);
  expect(refused({ ...PROVIDER, OIDC_SCOPES: "email" })).toEqual(["OIDC_SCOPES"]);
});
