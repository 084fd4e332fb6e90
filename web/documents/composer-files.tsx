/** Documents of the next message: what is beside the text of the composer. */

/** A document that is attached by its id. */
export type AttachedFile = { id: string; name: string };

type ComposerFilesProps = {
  files: readonly AttachedFile[];
  onChange: (files: AttachedFile[]) => void;
};

export function ComposerFiles(_props: ComposerFilesProps) {
  return null;
}
