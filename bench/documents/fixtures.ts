/** The documents of the repository, written to a folder with the texts that they show beside them. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as documents from "../../test/fixtures/documents.ts";
import { EVERY_KIND } from "../../test/fixtures/every-kind.ts";

/** Those that are refused. */
const REFUSED = {
  "scan.pdf": documents.scannedPdf,
  "locked.pdf": documents.encryptedPdf,
  "half.pdf": documents.truncatedPdf,
};

/** Of each kind, so many. */
const COPIES = 5;

export async function writeFixtures(folder: string): Promise<void> {
  for (const [name, make] of Object.entries(REFUSED)) {
    await writeFile(join(folder, name), await make());
  }
  for (const [name, make] of Object.entries(EVERY_KIND)) {
    for (let number = 0; number < COPIES; number++) {
      const { bytes, reference } = await make(number);
      const path = join(folder, `${number}-${name}`);
      await writeFile(path, bytes);
      await writeFile(`${path}.expected.txt`, reference);
    }
  }
}
