/** One document in the library. */
import type { Schemas } from "../api/client.ts";
import { Link, navigate } from "../app/router.tsx";
import { formatDate } from "../ui/instant.ts";
import { Menu, type MenuAction } from "../ui/menu.tsx";
import { deleteFile, downloadFile } from "./file-actions.ts";
import { FileStatus } from "./file-status.tsx";
import { formatBytes } from "./format.ts";

type StoredFile = Schemas["File"];

type DocumentRowProps = {
  file: StoredFile;
  /** What was attached to a mail. */
  attachments: readonly StoredFile[];
  onChange: (file: StoredFile) => void;
  onDelete: (id: string) => void;
};

export function DocumentRow({ file, attachments, onChange, onDelete }: DocumentRowProps) {
  const to = `/app/documents/${file.id}`;
  const canOpen = file.status !== "pending";
  return (
    <li class="document-row">
      <div class="document-line">
        <div class="document-name">
          {canOpen ? <Link to={to}>{file.original_name}</Link> : <span>{file.original_name}</span>}
          <span class="muted document-facts">{factsOf(file)}</span>
        </div>
        <Menu
          label={`Actions for ${file.original_name}`}
          actions={actionsOf(file, () => onDelete(file.id))}
        />
      </div>
      <FileStatus file={file} onChange={onChange} />
      {attachments.length > 0 && (
        <ul class="document-attachments" aria-label={`Attachments of ${file.original_name}`}>
          {attachments.map((child) => (
            <DocumentRow
              key={child.id}
              file={child}
              attachments={[]}
              onChange={onChange}
              onDelete={onDelete}
            />
          ))}
        </ul>
      )}
    </li>
  );
}

function factsOf({ file_size: size, page_count: pages, created_at: createdAt }: StoredFile) {
  const counted = pages === null ? [] : [pages === 1 ? "1 page" : `${pages} pages`];
  return [formatBytes(size), ...counted, formatDate(createdAt)].join(" · ");
}

function actionsOf(file: StoredFile, onDeleted: () => void): MenuAction[] {
  const to = `/app/documents/${file.id}`;
  const isReady = file.status === "ready";
  const read: MenuAction[] = [
    { label: "Open", icon: "document", run: () => navigate(to) },
    { label: "Analyse", icon: "check", run: () => navigate(`${to}/report`) },
  ];
  const remove = async () => {
    if (await deleteFile(file)) onDeleted();
  };
  return [
    ...(isReady ? read : []),
    ...(file.status === "pending"
      ? []
      : [{ label: "Download", icon: "download" as const, run: () => void downloadFile(file) }]),
    { label: "Delete", icon: "trash", isDangerous: true, run: () => void remove() },
  ];
}
