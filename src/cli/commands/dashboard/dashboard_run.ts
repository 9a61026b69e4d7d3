import { startDashboard } from "../../../dashboard/start.ts";
import { usageError } from "../../../platform/tracker_error.ts";
import { findProjectRoot, requireProjectRoot } from "../../../project/root.ts";
import type { Context } from "../../command/context.ts";
import { NO_BROWSER, startBrowser } from "../../services/browser.ts";
import { VERSION } from "../../version.ts";

/** How to show the page. */
export interface DashboardCommandOptions {
  readonly port: number | undefined;
  readonly open: boolean;
}

const HIGHEST_PORT = 65_535;

/** Refuses a port that cannot be one. */
export function check(_context: Context, { port }: DashboardCommandOptions): void {
  if (port === undefined || port <= HIGHEST_PORT) return;
  throw usageError(`\`--port\` takes a port of at most ${HIGHEST_PORT}, not ${port}`);
}

/** Serves the page until SIGINT or SIGTERM. */
export async function run(context: Context, options: DashboardCommandOptions): Promise<number> {
  const { platform, output, globals } = context;
  const root = globals.repo === undefined
    ? await findProjectRoot(platform, platform.system.cwd())
    : await requireProjectRoot(platform, globals.repo);
  const { port } = options;
  const page = await startDashboard({ platform, root, version: VERSION, port });
  // `finished` tells the end, and what went wrong on the way there.
  const stop = () => void page.stop().catch(() => {});
  const removers = (["SIGINT", "SIGTERM"] as const)
    .map((signal) => platform.signals.listen(signal, stop));
  try {
    if (globals.json) output.json({ url: page.url }, "line");
    else {
      output.result(page.url);
      output.notice("The page is open to this machine only. Ctrl-C stops it.");
    }
    if (options.open && !startBrowser(platform, page.url)) output.warning(NO_BROWSER);
    await page.finished;
    return 0;
  } finally {
    for (const remove of removers) remove();
  }
}
