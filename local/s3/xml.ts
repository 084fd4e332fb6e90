/** XML as S3 writes it. */

const NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/";

/** An element; undefined values are omitted. */
export function element(name: string, content: string | number | boolean | undefined): string {
  if (content === undefined) return "";
  return content === "" ? `<${name}/>` : `<${name}>${escape(String(content))}</${name}>`;
}

/** An element of elements. */
export function group(name: string, children: string[]): string {
  return `<${name}>${children.join("")}</${name}>`;
}

/** A document of elements. */
export function documentOf(name: string, children: string[]): string {
  const root = `<${name} xmlns="${NAMESPACE}">${children.join("")}</${name}>`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n${root}`;
}

const ENTITIES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

function escape(text: string): string {
  return text.replace(/[&<>"\r]/g, (char) => ENTITIES[char] ?? "&#13;");
}
