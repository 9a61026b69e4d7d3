import type { HostContext } from "../../../src/server/context/host_context.ts";
import { seedIssues } from "../../../src/server/dev/seed.ts";
import { lastChange } from "../../../src/server/store/issues.ts";
import { listResources } from "../../../src/server/store/resources.ts";
import { text } from "../../../src/server/store/row.ts";
import { indexChanges, mergeParts, unindexedPlaces } from "../../../src/server/store/word_index.ts";

/** The resource that gets issues. */
export const FILLED = "Mobile (MOB)";

/** Issues that are made up one by one; the others are copies of them. */
const ORIGINALS = 1_000;

/** Copies of the originals in one statement. */
const COPIES_AT_ONCE = 50;

const COPY =
  `INSERT INTO issues (resource_id, external_id, key_folded, status, issue_type, updated_ms,
    change, first_change, version, undelivered, parent_id, json, search)
  WITH RECURSIVE copies(n) AS
    (SELECT CAST(? AS INTEGER) UNION ALL SELECT n + 1 FROM copies WHERE n < CAST(? AS INTEGER))
  SELECT resource_id, external_id || '-' || n, key_folded || '-' || n, status, issue_type,
    updated_ms, change + n * ${ORIGINALS}, first_change + n * ${ORIGINALS}, version,
    undelivered, parent_id, replace(json, external_id, external_id || '-' || n),
    search || ' copy' || n || 'x'
  FROM issues, copies WHERE resource_id = ? AND change > ? AND change <= ?`;

/** Adds issues to {@link FILLED}: a multiple of {@link ORIGINALS}, since SQL copies the first ones. */
export async function fillResource(context: HostContext, count: number): Promise<void> {
  if (count === 0) return;
  const { store } = context;
  const place = await store.one(
    "SELECT id, installation_id FROM resources WHERE label = ?",
    FILLED,
  );
  if (place === null) throw new Error(`No resource is called "${FILLED}"`);
  const id = text(place, "id");
  const resource = (await listResources(store, text(place, "installation_id")))
    .find((one) => one.id === id);
  if (resource === undefined) throw new Error(`The resource "${id}" is not listed`);
  const before = await lastChange(store, id);
  await seedIssues(context, { resource, count: Math.min(count, ORIGINALS) });
  const copies = Math.ceil(count / ORIGINALS) - 1;
  // The start of the host creates the index for words, which is quicker than filling it row by row.
  if (store.dialect === "postgres") await store.run("DROP INDEX IF EXISTS issues_by_words");
  for (let done = 0; done < copies; done += COPIES_AT_ONCE) {
    const through = Math.min(copies, done + COPIES_AT_ONCE);
    await store.run(COPY, done + 1, through, id, before, before + ORIGINALS);
  }
  await store.run(
    "UPDATE resources SET last_change = last_change + ?, next_number = next_number + ? WHERE id = ?",
    copies * ORIGINALS,
    copies * ORIGINALS,
    id,
  );
  for (const place of await unindexedPlaces(store)) {
    while (await store.transaction((tx) => indexChanges(tx, place)));
  }
  while (await store.transaction(mergeParts));
  // PostgreSQL does so by itself after a while. No host does on SQLite, which would prepare a statement once more for each
  // value that it has samples of: that takes five times as long as to look up a row.
  if (store.dialect === "postgres") await store.run("ANALYZE");
}

/** What finds one issue among those that {@link fillResource} has made, by words of its text. */
export const RARE_WORDS = "for the 517. time copy5x";

/** What finds every seventh issue. */
export const COMMON_WORDS = "importer";
