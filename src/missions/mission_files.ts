import { dirname, join } from "../platform/paths.ts";
import type { Platform } from "../platform/platform.ts";
import { type NewMissionMeta, writeMeta } from "../project/mission_meta.ts";
import { projectFiles } from "../project/project_files.ts";
import { quotedTicket, type TicketText } from "./ticket_text.ts";

/** What a new mission holds. */
export interface MissionContent {
  readonly meta: NewMissionMeta;
  /** The ticket that it starts from; `null` without one. */
  readonly ticket: TicketText | null;
}

/**
 * Writes the directory of a mission: aside, in the directory `name` beside it, and renamed, so that the mission is there
 * as a whole or not at all.
 */
export async function writeMission(
  platform: Platform,
  missionDir: string,
  { meta, ticket }: MissionContent,
  name: string,
): Promise<void> {
  const files = projectFiles(platform.files, dirname(dirname(missionDir)));
  const aside = join(dirname(missionDir), name);
  try {
    await writeMeta(platform, aside, meta);
    await files.writeAtomic(join(aside, "spec.md"), specFor(meta, ticket));
    // Git keeps no empty directory.
    await files.writeAtomic(join(aside, "tasks", ".gitkeep"), "");
    await files.rename(aside, missionDir);
  } catch (error) {
    await files.remove(aside);
    throw error;
  }
}

function specFor(meta: NewMissionMeta, ticket: TicketText | null): string {
  return [
    `# ${meta.friendly_name}`,
    "",
    `Mission \`${meta.mission_slug}\`, to be merged into \`${meta.target_branch}\`.`,
    "",
    ...(ticket === null ? [] : quotedTicket(ticket)),
    "## Why",
    "",
    "## What",
    "",
    "## Done when",
    "",
  ].join("\n");
}
