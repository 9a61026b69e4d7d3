import { listedPackages } from "../../missions/packages/listing.ts";
import { readAllPackages } from "../../missions/packages/read_packages.ts";
import { TrackerError } from "../../platform/tracker_error.ts";
import type { ProjectContext } from "../../tracker/backend.ts";
import { cachedTickets } from "../../tracker/package_tickets.ts";
import { openPackages } from "../../tracker/pushed_packages.ts";
import type { Context } from "../command/context.ts";
import { ATTENTION, text } from "../terminal/text.ts";

/**
 * Asks the host which tickets the project's work packages have, where one has none that is known here: another clone may
 * have pushed it. What else a command did is done: a failure here is a warning.
 *
 * @throws {TrackerError} `interrupted`.
 */
export async function learnTickets({ output }: Context, project: ProjectContext): Promise<void> {
  const missions = await readAllPackages(project.platform, project.root);
  if (missions.every(({ packages }) => packages.length === 0)) return;
  const listed = listedPackages(missions, missions, await cachedTickets(project));
  if (listed.every(({ packages }) => packages.every(({ ticket }) => ticket !== null))) return;
  try {
    const backend = await openPackages(project);
    await backend.withPackages({}, (tickets) => tickets.learn());
  } catch (error) {
    if (!(error instanceof TrackerError) || error.code === "interrupted") throw error;
    output.warning(
      text`${ATTENTION} The tickets of work packages are not known: ${error.message}.`,
    );
  }
}
