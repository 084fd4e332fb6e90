/** Names of files. */

/** The last part of a Windows or Unix path, which some programs send as a name. */
export function baseNameOf(path: string): string {
  return path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1);
}
