/** A host on demo data in a directory, without levers and without a limit of calls. Prints its URL. */
import { seedDemo } from "../../../src/server/dev/demo.ts";
import { openHostData } from "../../../src/server/context/host_context.ts";
import { startHost } from "../../../src/server/serve.ts";
import { systemPlatform } from "../../../src/platform/system.ts";

if (import.meta.main) {
  const [dataDir = ""] = Deno.args;
  const platform = systemPlatform();
  const context = await openHostData(platform, { dataDir });
  await seedDemo(context);
  await context.store.close();
  const rateLimit = { burst: 1e9, perSecond: 1e9 };
  const { url } = await startHost({ platform, dataDir, rateLimit });
  console.log(url);
}
