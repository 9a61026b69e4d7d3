import type { Resource } from "../model/resource.ts";
import { readResource, RESOURCE_COLUMNS } from "./resources.ts";
import { integer, type Row, text } from "./row.ts";
import type { HostStore } from "./store.ts";

/** Selects whether another resource of the installation is called as `r` is, and is at another server. */
const HAS_NAMESAKE = `CASE WHEN EXISTS (SELECT 1 FROM resources o
    WHERE o.installation_id = r.installation_id AND o.label = r.label AND o.id <> r.id
      AND COALESCE(o.server, '') <> COALESCE(r.server, '')) THEN 1 ELSE 0 END AS has_namesake`;

/** The columns {@link toldLabel} reads, of a resource `r`. */
export const LABEL_COLUMNS = `r.label, r.url, ${HAS_NAMESAKE}`;

/** The columns {@link readToldResource} reads; join `installations` as `i`, `resources` as `r`. */
export const TOLD_COLUMNS = `${RESOURCE_COLUMNS}, ${HAS_NAMESAKE}`;

/** Returns what people are shown for a resource: with its server where its name alone does not say which it is. */
export function toldLabel(row: Row): string {
  const label = text(row, "label");
  const url = text(row, "url");
  if (integer(row, "has_namesake") === 0 || !URL.canParse(url)) return label;
  return `${label} (${new URL(url).host})`;
}

/** Reads a row of {@link TOLD_COLUMNS}; its label is that of {@link toldLabel}. */
export function readToldResource(row: Row): Resource {
  return { ...readResource(row), label: toldLabel(row) };
}

/** Returns all resources of an installation, by what people are shown for them. */
export async function toldResources(store: HostStore, installationId: string): Promise<Resource[]> {
  const rows = await store.all(
    `SELECT ${TOLD_COLUMNS} FROM resources r JOIN installations i ON i.id = r.installation_id
     WHERE i.id = ? ORDER BY r.label, r.id`,
    installationId,
  );
  // The server follows the name, and is the last thing that counts.
  return rows.map(readToldResource)
    .toSorted((one, other) => one.label < other.label ? -1 : one.label > other.label ? 1 : 0);
}
