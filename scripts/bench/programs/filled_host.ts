/**
 * Fills a directory or a PostgreSQL database with demo data, and as many more issues in one resource as asked for. Prints
 * a line when that is done. The host is another process, so that its memory is its own.
 */
import { seedDemo } from "../../../src/server/dev/demo.ts";
import { openHostData } from "../../../src/server/context/host_context.ts";
import { systemPlatform } from "../../../src/platform/system.ts";
import { fillResource } from "./many_issues.ts";

if (import.meta.main) {
  const [place = "", issues = "0"] = Deno.args;
  const location = place.startsWith("postgres:") ? { databaseUrl: place } : { dataDir: place };
  const context = await openHostData(systemPlatform(), location);
  await seedDemo(context);
  await fillResource(context, Number(issues));
  await context.store.close();
  console.log(issues);
}
