/** Signs the devices that an account has signed in on: an HMAC over the device and the account's address. */
import { encodeUtf8, fromBase64, toBase64Url } from "../../lib/bytes.ts";
import { deriveKey } from "../../lib/derive-key.ts";

export type Devices = {
  /** The signature of a device for an account, in Base64url. */
  sign(deviceId: string, emailKey: string): Promise<string>;
  isSigned(deviceId: string, emailKey: string, signature: string): Promise<boolean>;
};

export function createDevices(secret: string): Devices {
  let derived: Promise<CryptoKey> | undefined;
  const getKey = () => (derived ??= deriveKey(secret, "known device").then(({ key }) => key));
  return {
    sign: async (deviceId, emailKey) => {
      const key = await getKey();
      const mac = await crypto.subtle.sign("HMAC", key, messageOf(deviceId, emailKey));
      return toBase64Url(new Uint8Array(mac));
    },
    isSigned: async (deviceId, emailKey, signature) => {
      const mac = fromBase64(signature);
      const key = await getKey();
      return mac !== undefined && isMac(key, mac, messageOf(deviceId, emailKey));
    },
  };
}

const messageOf = (deviceId: string, emailKey: string) => encodeUtf8(`${deviceId}\n${emailKey}`);

/** Compares in constant time. */
function isMac(key: CryptoKey, mac: Uint8Array, message: BufferSource): Promise<boolean> {
  return crypto.subtle.verify("HMAC", key, new Uint8Array(mac), message);
}
