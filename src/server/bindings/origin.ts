import type { BindOriginRequest } from "../../contract/requests.ts";
import type { BindOriginResult } from "../../contract/search.ts";
import { isoTime } from "../../platform/clock.ts";
import type { HostContext, TransactionContext } from "../context/host_context.ts";
import { HostError, hostError } from "../model/host_error.ts";
import type { Caller } from "../model/user.ts";
import { isLinked } from "../store/installations.ts";
import { findIssue } from "../store/issues.ts";
import { findOrigin, insertOrigin } from "../store/origins.ts";
import { issueIdOfPackage } from "../store/packages.ts";
import type { Route } from "./route.ts";

/**
 * Checks that the caller's own account is linked: tickets are seen with it, never with the installation's.
 *
 * @throws {HostError} `missing_user_link`.
 */
export async function requireLink(
  { store }: HostContext,
  caller: Caller,
  { installation }: Route,
): Promise<void> {
  if (await isLinked(store, installation.id, caller.user.id)) return;
  const { provider } = installation;
  throw hostError(
    "missing_user_link",
    `Your account is not linked to ${provider}. Link it in the dashboard.`,
    provider,
  );
}

/**
 * Binds a mission to the issue it comes from. One origin per mission: the same issue again is the same link.
 *
 * @throws {HostError} `validation_error` for an issue that is not there; `origin_conflict` when the mission has another origin.
 */
export async function bindOrigin(
  context: TransactionContext,
  { installation, mapping, resource }: Route,
  request: BindOriginRequest,
): Promise<BindOriginResult> {
  const { store } = context;
  const { provider } = installation;
  const named = request.external_issue_id;
  const known = await issueIdOfPackage(store, resource.id, named) ?? named;
  const issueId = (await findIssue(store, resource.id, known))?.issue.ref.id;
  if (issueId === undefined) {
    throw new HostError({
      code: "validation_error",
      message: `No issue "${named}" in "${resource.label}"`,
      provider,
      details: [{ field: "external_issue_id", message: "is not an issue of this resource" }],
    });
  }
  const place = {
    installationId: installation.id,
    projectUuid: mapping.projectUuid,
    featureSlug: request.feature_slug,
  };
  const link = { id: context.newId("org"), issueId, boundAt: context.now() };
  await insertOrigin(store, { ...place, ...link, json: JSON.stringify(request) });
  const stored = await findOrigin(store, place);
  if (stored?.issueId !== issueId) {
    throw hostError(
      "origin_conflict",
      `The mission "${request.feature_slug}" has another origin already`,
      provider,
    );
  }
  return { origin_link_id: stored.id, bound_at: isoTime(stored.boundAt) };
}
