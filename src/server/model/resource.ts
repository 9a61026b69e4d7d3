import type { JsonObject } from "../../contract/field.ts";
import type { HostedProvider } from "../../contract/providers.ts";

/** A provider that a team has connected. */
export interface Installation {
  readonly id: string;
  readonly teamId: string;
  readonly provider: HostedProvider;
  readonly providerAccountId: string;
}

/** A project, team or repository at the provider that issues live in. */
export interface Resource {
  readonly id: string;
  readonly installationId: string;
  readonly provider: HostedProvider;
  /** Such as `linear_team`. */
  readonly resourceType: string;
  readonly externalId: string;
  readonly workspace: string;
  /** Prefix of issue keys, or the repository's path. */
  readonly key: string;
  readonly name: string;
  readonly label: string;
  readonly url: string;
  readonly context: JsonObject;
  /** `guided` allows only some transitions. */
  readonly workflow: "open" | "guided";
}

/** A resource to create. */
export type NewResource = Omit<Resource, "id" | "installationId" | "resourceType">;

/**
 * Returns what a client is told of a resource beside its issues (the wire's `provider_context`). A reference to an issue
 * that a client makes needs the workspace, before it has met an issue.
 */
export function providerContext({ context, workspace }: Resource): JsonObject {
  return { ...context, workspace };
}
