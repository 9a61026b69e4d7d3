import type { WorkBranch } from "../../../missions/branches.ts";
import { loadSettings } from "../../../user/settings.ts";
import type { Context } from "../../command/context.ts";
import type { BranchFlags } from "./branch_flags.ts";

/** Whether a mission is to be made on a branch of its own: as the command line says, else the user's settings. */
export async function wantsBranch(context: Context, flags: BranchFlags): Promise<boolean> {
  if (flags.noBranch) return false;
  return flags.branch || await loadSettings(context.platform).missionBranch();
}

/** Where a mission is made, in words; empty where no branch was asked for. */
export function branchWords(branch: WorkBranch | null): string {
  if (branch === null) return "";
  return `on ${branch.isNew ? "the new branch" : "the branch"} ${branch.name}`;
}

/** A branch as the commands' JSON has it. */
export function branchJson(
  branch: WorkBranch | null,
): { readonly name: string; readonly created: boolean } | null {
  return branch === null ? null : { name: branch.name, created: branch.isNew };
}
