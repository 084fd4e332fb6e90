import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LocalOidc, startOidc } from "../../../local/oidc.ts";
import { expectLooks } from "../../support/app-looks.ts";
import { newAppVisitor } from "../../support/app-page.ts";
import { signUp } from "../../support/client.ts";
import { newPerson } from "../../support/oidc.ts";
import { type RunningWorker, startWorker } from "../../support/worker.ts";

let oidc: LocalOidc;
let worker: RunningWorker;
beforeAll(async () => {
  oidc = await startOidc();
  worker = await startWorker({
    OIDC_ISSUER: oidc.issuer,
    OIDC_CLIENT_ID: oidc.clientId,
    OIDC_CLIENT_SECRET: oidc.clientSecret,
  });
});
afterAll(async () => {
  await worker.close();
  await oidc.close();
});

const PATH = "/app/account/security";

const newBrowser = () => newAppVisitor(worker.url, [oidc.issuer]);

const section = (page: Page) => page.getByRole("region", { name: "Identity provider" });

describe("the identity provider in the page", () => {
  it("leads to its sign-in, and back to the view of the page", async () => {
    newPerson(oidc, { name: "Otto of the Firm" });
    const visitor = await newBrowser();
    const page = await visitor.openApp("/app/documents");
    await page.getByRole("link", { name: "Sign in through your organisation" }).click();
    await page.getByRole("link", { name: "Otto of the Firm" }).click();
    await page.getByRole("heading", { name: "Documents", level: 1 }).waitFor();
    expect(new URL(page.url()).pathname).toBe("/app/documents");
  });

  it("is linked to an account after its password, and signs in to it from then on", async () => {
    const ada = await signUp("Ada Example", worker.url);
    newPerson(oidc, { name: "Ada of the Firm" });
    const visitor = await newBrowser();
    visitor.expectErrors(/401 \(/);
    await visitor.signInAs(ada);
    const page = await visitor.openApp(PATH);
    await section(page).getByLabel("Current password").fill("seven short lamps");
    await section(page).getByRole("button", { name: "Link my identity" }).click();
    await section(page).getByText("the password is wrong").waitFor();
    await section(page).getByLabel("Current password").fill(ada.password);
    await section(page).getByRole("button", { name: "Link my identity" }).click();
    await page.getByRole("link", { name: "Ada of the Firm" }).click();
    await section(page).getByText("This account is linked").waitFor();
    expect((await ada.get("/users/me")).body.identity_provider).toBe("linked");
  });

  it("says so where the person cancels there, and lets them try again", async () => {
    const ada = await signUp("Ada Example", worker.url);
    const visitor = await newBrowser();
    await visitor.signInAs(ada);
    const page = await visitor.openApp(PATH);
    await section(page).getByLabel("Current password").fill(ada.password);
    await section(page).getByRole("button", { name: "Link my identity" }).click();
    await page.getByRole("link", { name: "Cancel" }).click();
    await section(page).getByText("denied the sign-in, or it was cancelled").waitFor();
    await expectLooks(page, "identity-provider");
    expect((await ada.get("/users/me")).body.identity_provider).toBe("not_linked");
  });

  it("proves who changes an account without a password", async () => {
    newPerson(oidc, { name: "Olga of the Firm" });
    const visitor = await newBrowser();
    const page = await visitor.open(`${worker.url}/auth/oidc/start?return_to=${PATH}`);
    await page.getByRole("link", { name: "Olga of the Firm" }).click();
    await page.getByRole("heading", { name: "Second factor" }).waitFor();
    expect(await page.getByLabel("Current password").count()).toBe(0);
    await page.getByRole("link", { name: "Sign in again" }).waitFor();
    await page.getByRole("button", { name: "Set up an app" }).click();
    await page.getByRole("img", { name: "as a QR code" }).waitFor();
  });
});
