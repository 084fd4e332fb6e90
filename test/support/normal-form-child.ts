/** Prints by how many MiB the peak of a process grows while it normalises a text for citations. */
import { peakMiB } from "../../local/peak-memory.ts";
import { toNormal } from "../../src/features/citations/normal-form.ts";
import { HOSTILE_TEXTS } from "../fixtures/normal-form.ts";

const text = HOSTILE_TEXTS[process.argv[2] ?? ""]?.();
if (text === undefined) throw new Error(`No text is named ${process.argv[2]}.`);
const before = peakMiB();
const { units } = toNormal(text);
process.stdout.write(JSON.stringify({ units: units.length, grownMiB: peakMiB() - before }));
