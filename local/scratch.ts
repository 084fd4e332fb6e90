/**
 * A folder for the temporary files of one run: in memory where there is room, since the disk is not what is
 * tested.
 */
import { statfsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const MEMORY_DISK = "/dev/shm";
/** A container may have a memory disk that a few databases fill. */
const ROOM_NEEDED_BYTES = 2 ** 30;

/** A folder of its own, and how to remove it. */
export async function makeFolder(name: string) {
  const root = hasRoom(MEMORY_DISK) ? MEMORY_DISK : tmpdir();
  const path = await mkdtemp(join(root, `${name}-`));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

function hasRoom(disk: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(disk);
    return bavail * bsize >= ROOM_NEEDED_BYTES;
  } catch {
    return false;
  }
}
