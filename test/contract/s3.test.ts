import { describe } from "vitest";
import { services } from "../support/own-bucket.ts";
import { promisesOfTheWire } from "./s3-wire.suite.ts";
import { promisesOfS3 } from "./s3.suite.ts";

describe.each(services)("%s", (_name, start) => {
  describe("with the official SDK", () => {
    promisesOfS3(start);
  });
  describe("on the wire", () => {
    promisesOfTheWire(start);
  });
});
