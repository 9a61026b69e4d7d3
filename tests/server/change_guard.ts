/** Has a database refuse what would make a page that a host keeps untrue (decision 0057). */
import type { HostStore } from "../../src/server/store/store.ts";

/** Columns of an issue that a pull shows, or by which it is chosen. */
export const SHOWN = [
  "resource_id",
  "external_id",
  "status",
  "issue_type",
  "updated_ms",
  "version",
  "first_change",
  "json",
] as const;

const MESSAGE = "An issue has changed without a change number";

/** From now on no statement changes what a pull shows of an issue, unless it gives the issue a later change number. */
export async function guardChanges(store: HostStore): Promise<void> {
  const isOther = store.dialect === "sqlite" ? "IS NOT" : "IS DISTINCT FROM";
  const changed = SHOWN.map((column) => `OLD.${column} ${isOther} NEW.${column}`).join(" OR ");
  const when = `WHEN (NEW.change <= OLD.change AND (${changed}))`;
  if (store.dialect === "sqlite") {
    await store.run(
      `CREATE TRIGGER guarded_changes BEFORE UPDATE ON issues ${when}
       BEGIN SELECT RAISE(ABORT, '${MESSAGE}'); END`,
    );
    return;
  }
  await store.run(
    `CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
     $$ BEGIN RAISE EXCEPTION '${MESSAGE}'; END $$`,
  );
  await store.run(
    `CREATE TRIGGER guarded_changes BEFORE UPDATE ON issues FOR EACH ROW ${when}
     EXECUTE FUNCTION refuse_change()`,
  );
}
