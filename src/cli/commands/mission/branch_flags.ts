import type { Kit } from "../../command/command.ts";

/** What the command line says of a mission's branch. */
export interface BranchFlags {
  readonly branch: boolean;
  readonly noBranch: boolean;
}

/** The flags about a mission's branch. */
export function branchFlags(kit: Kit) {
  return {
    branch: kit.flag(
      ["--branch"],
      "Create a branch for it first, and check it out; `mission.branch` of the settings does it always.",
    ),
    noBranch: kit.flag(["--no-branch"], "Stay on the branch that is checked out."),
  };
}
