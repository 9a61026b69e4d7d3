import { classifyProvider } from "../../../contract/providers.ts";
import { hasLostIssue, judgedMapping } from "../../../local/renamed.ts";
import { locateWorkspace } from "../../../local/workspace.ts";
import { IssueStore } from "../../../store/issue_store.ts";
import { plural } from "../../terminal/format.ts";
import type { DoctorContext, ExaminedProject } from "./doctor_context.ts";
import { type Check, fine, warning } from "../../services/report.ts";

/** Examines the mappings of a local binding: is the issue of each still there, under its id. */
export async function examineMappings(
  { platform }: DoctorContext,
  { root, binding }: ExaminedProject,
): Promise<readonly Check[]> {
  const found = classifyProvider(binding?.provider ?? "");
  const workspace = binding?.workspace ?? null;
  if (root === null || workspace === null || found.kind !== "local") return [];
  const { storePath } = await locateWorkspace(platform, root, found.provider, workspace);
  using store = await readable(platform, storePath);
  const mappings = store?.mappings.list() ?? [];
  if (store === null || mappings.length === 0) return [];
  const lost = mappings.map((mapping) => judgedMapping(store, mapping)).filter(hasLostIssue);
  if (lost.length === 0) {
    const point = mappings.length === 1 ? "points" : "point";
    return [fine("mappings", `${plural(mappings.length, "mapping")} ${point} to issues`)];
  }
  return lost.map((mapping) => {
    const { wp_id, external_id, issue_state, renamed_to } = mapping;
    const what = renamed_to === null ? "which is gone" : `which is now ${renamed_to}`;
    return warning(
      "mappings",
      `${wp_id} is mapped to ${external_id}, ${what}`,
      `run \`tracker map add --wp-id ${wp_id} --external-id ${renamed_to ?? "ID"}\``,
      { wp_id, external_id, issue_state, renamed_to },
    );
  });
}

/** A cache that cannot be read is told of by the check of the caches. */
async function readable(
  platform: DoctorContext["platform"],
  path: string,
): Promise<IssueStore | null> {
  try {
    return await IssueStore.openForReading(platform, path);
  } catch (error) {
    if (error instanceof Error && error.name === "NotCapable") throw error;
    return null;
  }
}
