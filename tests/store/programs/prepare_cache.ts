/**
 * Opens the cache `path` for writing, which prepares one of an older version, and prints a line when it begins and after
 * each transaction; then waits to be killed.
 */
import type { Database } from "../../../src/platform/database.ts";
import { IssueStore } from "../../../src/store/issue_store.ts";
import { systemPlatform } from "../../../src/platform/system.ts";

const [path = ""] = Deno.args;
const platform = systemPlatform();
const tell = (what: string) => platform.terminal.stdout.write(`${what}\n`);

async function openDatabase(
  ...given: Parameters<typeof platform.openDatabase>
): Promise<Database> {
  const database = await platform.openDatabase(...given);
  tell("migrated");
  const listening: Database = Object.create(database);
  return new Proxy(listening, {
    get(_, name) {
      const value: unknown = Reflect.get(database, name, database);
      if (typeof value !== "function") return value;
      return (...args: readonly unknown[]): unknown => {
        const result: unknown = Reflect.apply(value, database, args);
        if (args[0] === "COMMIT") tell("committed");
        return result;
      };
    },
  });
}

tell("begins");
using store = await IssueStore.open({ ...platform, openDatabase }, path);
// However few transactions are left after a kill.
for (let line = 0; line < 20; line++) tell(`${store.counts().total} issues`);
await new Promise(() => setInterval(() => {}, 1_000));
