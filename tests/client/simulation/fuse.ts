import type { DatabaseOpener } from "../../../src/platform/database.ts";
import { systemDatabaseOpener } from "../../../src/platform/database.ts";
import { burn, type Fuse } from "../../local/fused_database.ts";

/** Opens databases in which each row written to any table is an instant of the fuse, once that is lit. */
export function lazilyFusedOpener(fuse: Fuse): DatabaseOpener {
  const open = systemDatabaseOpener();
  return async (path, options) => {
    const database = await open(path, options);
    // A kill of the process, not of the machine: what was written needs no disk.
    if (options?.readOnly !== true) database.exec("PRAGMA synchronous = OFF");
    if (options?.readOnly === true || fuse.at === Infinity) return database;
    database.function("burn", () => {
      burn(fuse);
      return 0;
    });
    const tables = database.prepare(
      "SELECT name FROM main.sqlite_schema WHERE type = 'table' AND name LIKE 'tracker\\_%' ESCAPE '\\'",
    ).all();
    for (const { name } of tables) {
      for (const write of ["INSERT", "UPDATE", "DELETE"]) {
        database.exec(
          `CREATE TEMP TRIGGER fuse_${name}_${write} BEFORE ${write} ON main.${name}
           BEGIN SELECT burn(); END`,
        );
      }
    }
    return database;
  };
}
