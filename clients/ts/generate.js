/**
 * Writes src/schema.ts from the OpenAPI document of a server: `node generate.js [URL or file]`. `npm run dev` of the
 * product starts a server.
 */
import { readFile, writeFile } from "node:fs/promises";
import openapiTS, { astToString } from "openapi-typescript";
import { hashOfShape, withoutFailures } from "./shape.ts";

const source = process.argv[2] ?? "http://localhost:8787/openapi.json";
const text = source.startsWith("http")
  ? await (await fetch(source)).text()
  : await readFile(source, "utf8");
const document = withoutFailures(JSON.parse(text));
const types = astToString(await openapiTS(document));
const head = `/**
 * The types of the API, generated from its OpenAPI document by \`npm run generate\` in clients/ts.
 * Shape of the document: ${hashOfShape(document)}
 */
`;
await writeFile(new URL("src/schema.ts", import.meta.url), head + types);
