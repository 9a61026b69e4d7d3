import type { ExternalRef, NormalizedIssue, Status } from "../contract/issue.ts";
import type { JsonObject } from "../contract/field.ts";
import type { PushPatch } from "../contract/patch.ts";
import type { HostedProvider } from "../contract/providers.ts";

/** A project, team or repository that issues live in, as far as a provider has to know it. */
export interface Place {
  readonly workspace: string;
  /** Prefix of issue keys, or the repository's path. */
  readonly key: string;
  /** The place's web page, without a slash at its end. */
  readonly url: string;
  /** `guided` allows only some transitions. */
  readonly workflow: "open" | "guided";
}

/** A place that is to be added to the host. */
export interface NewPlace extends Place {
  /** The provider's own id of the place. */
  readonly externalId: string;
  readonly name: string;
  /** What people are shown. */
  readonly label: string;
  /** What the provider tells of the place beside its issues, as the wire's `provider_context`. */
  readonly context: JsonObject;
}

/** What an issue is to be: a field that is left out stays as it is. */
export type IssueChange = PushPatch & { readonly status?: Status | undefined };

/** What came of a change. */
export type ChangeOutcome =
  | { readonly kind: "changed"; readonly issue: NormalizedIssue }
  /** The issue is as the change wants it already. */
  | { readonly kind: "unchanged" }
  /** The workflow does not lead from the one status to the other. */
  | { readonly kind: "refused"; readonly allowed: readonly Status[] };

/** What a provider can do. */
export interface Capabilities {
  /** The provider's own word for each status. */
  readonly statuses: Readonly<Record<Status, string>>;
}

/** A tracker behind the host. The host's own code never sees a provider's shape. */
export interface Provider {
  readonly name: HostedProvider;
  /** Kind of {@link Place} that issues live in, such as `linear_team`. */
  readonly resourceType: string;
  readonly capabilities: Capabilities;
  /** The reference of issue `number` of a place; `id` is unique in the workspace. */
  refOf(place: Place, number: number, id: string): ExternalRef;
  /** The place that issues of a file come into: `label` names the file, `workspace` stands in the file. */
  importedPlace(label: string, workspace: string): NewPlace;
  /** Creates an issue; `at` is milliseconds since 1970. */
  create(
    ref: ExternalRef,
    fields: IssueChange & { readonly title: string },
    at: number,
  ): NormalizedIssue;
  /** Changes an issue of a place; `at` is milliseconds since 1970, and `updated_at` never goes back. */
  change(place: Place, issue: NormalizedIssue, fields: IssueChange, at: number): ChangeOutcome;
}
