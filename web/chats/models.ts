/** The models on offer, and the one that the person has chosen on this device. */
import { signal } from "@preact/signals";
import { api, type Schemas } from "../api/client.ts";

type Model = Schemas["OfferedModels"]["models"][number];

const KEY = "indifly.model";

export const models = signal<readonly Model[]>([]);

/** Undefined: the server's own choice. */
export const model = signal<string | undefined>(undefined);

/** Loads them once; without them the server chooses. */
export async function loadModels(): Promise<void> {
  if (models.peek().length > 0) return;
  try {
    models.value = (await api.get("/models")).models;
  } catch {
    return;
  }
  const kept = localStorage.getItem(KEY);
  if (models.peek().some(({ name }) => name === kept)) model.value = kept ?? undefined;
}

/** Chooses one, and keeps it. */
export function chooseModel(name: string): void {
  model.value = name;
  localStorage.setItem(KEY, name);
}
