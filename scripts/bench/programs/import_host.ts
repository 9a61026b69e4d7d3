/**
 * Imports a file of issues as `host import` does. Takes the place of the data and the file; prints an address at which the
 * first request makes it do so.
 */
import { importIssues, openHostData } from "../../../src/server/mod.ts";
import { systemPlatform } from "../../../src/platform/system.ts";
import { serveRuns } from "./runs.ts";

if (import.meta.main) {
  const [place = "", file = ""] = Deno.args;
  const location = place.startsWith("postgres:") ? { databaseUrl: place } : { dataDir: place };
  const platform = systemPlatform();
  const data = await openHostData(platform, location);
  serveRuns(async () => {
    using records = await platform.files.open(file);
    if (records === null) throw new Error(`There is no file "${file}"`);
    const { created } = await importIssues(data, records, { label: "Bench", file });
    await data.store.close();
    return created;
  });
}
