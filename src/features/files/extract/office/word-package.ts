/** Detects supported Word documents among Office packages. */
import type { ByteSource } from "../byte-source.ts";
import { type OfficePackage, openPackage } from "./office-package.ts";

/** Documents and templates. Those with macros have other types. */
const WORD =
  /^application\/vnd\.openxmlformats-officedocument\.wordprocessingml\.(?:document|template)\.main\+xml$/;
const MACROS = "application/vnd.ms-office.vbaproject";

export type WordPackage = OfficePackage & { mainPart: string };

/** Opens a Word document; undefined for anything else, and with macros. Throws `damaged` or `too_large`. */
export async function openWordPackage(source: ByteSource): Promise<WordPackage | undefined> {
  const found = await openPackage(source);
  const mainPart = found?.mainPart;
  if (!found || mainPart === undefined) return undefined;
  if (!WORD.test(found.contentTypeOf(mainPart) ?? "")) return undefined;
  return hasMacros(found) ? undefined : { ...found, mainPart };
}

function hasMacros({ directory, contentTypeOf }: OfficePackage): boolean {
  return [...directory.keys()].some((name) => contentTypeOf(name) === MACROS);
}
