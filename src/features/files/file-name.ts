/** What a file is called, without the folders that it came from. */

/** The last part of a path of Windows or Unix; some programs send one for a name. */
export function baseNameOf(path: string): string {
  return path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1);
}
