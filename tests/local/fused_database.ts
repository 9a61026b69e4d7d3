import type { Database, DatabaseOpener } from "../../src/platform/database.ts";
import { systemDatabaseOpener } from "../../src/platform/database.ts";

/** Counts instants, and stops everything at the one it was set to, as a kill does. */
export interface Fuse {
  /** Instants so far. */
  count: number;
  /** The instant at which to stop; `Infinity` for never. */
  at: number;
}

/** What a {@link Fuse} stops everything with: no error the program knows. */
export class Killed extends Error {}

/** Lets one instant pass. */
export function burn(fuse: Fuse): void {
  fuse.count++;
  // Once it has gone off nothing goes on.
  if (fuse.count >= fuse.at) throw new Killed("Killed");
}

const TABLES = ["issues", "checkpoints", "mappings", "conflicts", "aliases", "runs"];

/** Opens databases in which each row written is an instant of the fuse. */
export function fusedDatabaseOpener(fuse: Fuse): DatabaseOpener {
  const open = systemDatabaseOpener();
  return async (path, options) => {
    const database: Database = await open(path, options);
    if (options?.readOnly === true) return database;
    database.function("burn", () => {
      burn(fuse);
      return 0;
    });
    for (const table of TABLES) {
      for (const write of ["INSERT", "UPDATE", "DELETE"]) {
        database.exec(
          `CREATE TEMP TRIGGER fuse_${table}_${write} BEFORE ${write} ON main.tracker_${table}
           BEGIN SELECT burn(); END`,
        );
      }
    }
    return database;
  };
}
