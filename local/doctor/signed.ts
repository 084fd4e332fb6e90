/** Calls to AWS that the product itself never makes: they only read settings. */
import { AwsClient } from "aws4fetch";
import { readXml } from "../../src/lib/read-xml.ts";
import { childText } from "../../src/lib/xml.ts";
import type { Settings } from "../settings.ts";

const TIMEOUT_MS = 10_000;
const DEFAULT_REGION = "us-east-1";

export type SignedResponse = { status: number; text: string };

export const regionOf = ({ AWS_REGION: region = DEFAULT_REGION }: Settings) => region;

/** A signed GET, without its body's meaning; rejects when nothing answers within 10 s. */
export async function signedGet(
  settings: Settings,
  service: "s3" | "ses",
  url: string,
): Promise<SignedResponse> {
  const { AWS_ACCESS_KEY_ID: accessKeyId = "", AWS_SECRET_ACCESS_KEY: secretAccessKey = "" } =
    settings;
  const region = regionOf(settings);
  const client = new AwsClient({ accessKeyId, secretAccessKey, region, service, retries: 0 });
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  // A redirect would carry the signature to another host.
  const request = await client.sign(url, { redirect: "manual", signal });
  const response = await fetch(request);
  return { status: response.status, text: await response.text() };
}

/** S3's error code in an XML response. */
export function codeOf({ text }: SignedResponse): string | undefined {
  const root = readXml(text);
  return root && childText(root, "Code");
}
