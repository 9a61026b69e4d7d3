/** Opens a database with migrations that fail when they run twice, and adds a row. */
import { inTransaction } from "../../../src/platform/database.ts";
import { systemPlatform } from "../../../src/platform/system.ts";

const database = await systemPlatform().openDatabase(Deno.args[0] ?? "", {
  migrations: [
    "CREATE TABLE visit (id INTEGER PRIMARY KEY); CREATE TABLE once (id INTEGER PRIMARY KEY)",
    "ALTER TABLE visit ADD COLUMN who TEXT; INSERT INTO once (id) VALUES (1)",
  ],
});
inTransaction(database, () => {
  database.prepare("INSERT INTO visit (who) VALUES (?)").run(String(Deno.pid));
});
database.close();
