import { type HostContext, memberIds } from "../../../server/mod.ts";
import type { Context } from "../../command/context.ts";

/** Says so when nobody sees what was brought into a team, such as one whose name was mistyped. */
export async function noticeEmptyTeam(
  { output }: Context,
  { store }: HostContext,
  team: { readonly id: string; readonly slug: string },
): Promise<void> {
  if ((await memberIds(store, team.id)).length > 0) return;
  output.notice(
    `Nobody is in the team ${team.slug} yet: \`tracker host user add USERNAME --team ${team.slug}\` adds somebody.`,
  );
}
