import {
  blankIssue,
  type ExternalRef,
  type NormalizedIssue,
  type Status,
} from "../../contract/issue.ts";
import { patchedIssue } from "../../contract/patch.ts";
import type { HostedProvider } from "../../contract/providers.ts";
import { slugOf } from "../../contract/slug.ts";
import { isoTime } from "../../platform/clock.ts";
import type { NewPlace, Place, Provider } from "../provider.ts";
import { allowedTargets } from "./workflow.ts";

/** In what the sample providers differ. */
export interface SampleTraits {
  readonly name: HostedProvider;
  readonly resourceType: string;
  readonly statuses: Readonly<Record<Status, string>>;
}

/** Returns a provider whose issues live in the host itself: what it is told is what is so, at once. */
export function sampleProvider(traits: SampleTraits): Provider {
  const { name, resourceType, statuses } = traits;
  return {
    name,
    resourceType,
    capabilities: { statuses },
    refOf: (place, number, id) => refOf(name, place, number, id),
    importedPlace: (label, workspace) => importedPlace(name, label, workspace),
    create: (ref, fields, at) =>
      patchedIssue({ ...blankIssue(ref, isoTime(at)), status: fields.status ?? "todo" }, fields),
    change(place, issue, fields, at) {
      const status = fields.status ?? issue.status;
      const allowed = allowedTargets(place.workflow, issue.status);
      if (status !== issue.status && allowed !== null && !allowed.includes(status)) {
        return { kind: "refused", allowed };
      }
      const wanted = withStatus(patchedIssue(issue, fields), status);
      if (JSON.stringify(wanted) === JSON.stringify(issue)) return { kind: "unchanged" };
      const updated_at = isoTime(Math.max(at, Date.parse(issue.updated_at)));
      return { kind: "changed", issue: { ...wanted, updated_at } };
    },
  };
}

/** The address of a place in this host itself: its issues stand right below it. */
const ISSUES_OF_A_PLACE = /\/issues\/[^/]+$/;

/** A repository numbers its issues, a project or team has keys. */
function refOf(system: HostedProvider, place: Place, number: number, id: string): ExternalRef {
  const isRepository = place.key.includes("/");
  const key = isRepository ? `#${number}` : `${place.key}-${number}`;
  return {
    system,
    workspace: place.workspace,
    id,
    key,
    url: place.url.endsWith("/browse")
      ? `${place.url}/${key}`
      : ISSUES_OF_A_PLACE.test(place.url)
      ? `${place.url}/${encodeURIComponent(key)}`
      : `${place.url}/issues/${isRepository ? number : key}`,
  };
}

function importedPlace(name: HostedProvider, label: string, workspace: string): NewPlace {
  const isRepository = (name === "github" || name === "gitlab") && workspace.includes("/");
  return {
    externalId: `import-${exactSlugOf(label)}/${exactSlugOf(workspace)}`,
    workspace,
    key: isRepository
      ? workspace
      : slugOf(label).replaceAll("-", "").slice(0, 10).toUpperCase() || "IMP",
    name: label,
    label,
    url: `https://${name}.invalid/${encodeURIComponent(workspace)}`,
    context: { workspace_name: workspace, imported_from: label },
    workflow: "open",
  };
}

/** A slug that no other name shares: of names in other scripts, little but their difference would be lost. */
function exactSlugOf(name: string): string {
  const slug = slugOf(name);
  return slug === name ? slug : encodeURIComponent(name.toWellFormed());
}

/** The provider's own word for the old status goes with it. */
function withStatus(issue: NormalizedIssue, status: Status): NormalizedIssue {
  if (status === issue.status) return issue;
  const { status_name: _old, ...rest } = issue.provider_metadata;
  return { ...issue, status, provider_metadata: rest };
}
