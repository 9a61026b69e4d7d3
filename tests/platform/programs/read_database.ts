/** Writes the row of a database, opened to read, or the message of what failed. */
import { systemDatabaseOpener } from "../../../src/platform/database.ts";

try {
  using database = await systemDatabaseOpener()(Deno.args[0] ?? "", { readOnly: true });
  console.log(database.prepare("SELECT b FROM a").get()?.["b"]);
} catch (error) {
  console.log(error instanceof Error ? error.message : error);
}
