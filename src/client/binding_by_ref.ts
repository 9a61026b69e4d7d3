import type { ValidationResult } from "../contract/discovery.ts";
import { TrackerError } from "../platform/tracker_error.ts";
import {
  adoptUuid,
  type CurrentIdentity,
  partialIdentity,
  projectIdentity,
} from "../project/identity.ts";
import { type BoundOutcome, isProvider, saveBound, type SavingDeps } from "./binding_saving.ts";
import type { HostedClient } from "./client.ts";
import { HostedApiError } from "./errors.ts";

/** What came of binding by a reference. */
export type ValidateOutcome =
  | BoundOutcome
  /** The host refuses the reference; nothing was written. */
  | {
    readonly kind: "invalid";
    readonly bindingRef: string;
    /** One of `INVALID_REASONS`, or a word of the host's own. */
    readonly reason: string;
    /** The host's own words on what to do; `null` when it has none. */
    readonly guidance: string | null;
    /** Whether the checkout has a saved identity that the host could compare. */
    readonly hasIdentity: boolean;
  };

/** What binding by a reference needs: an identity only as far as there is one. */
export interface ValidateDeps extends SavingDeps {
  readonly client: Pick<HostedClient, "bindValidate">;
  readonly identity: CurrentIdentity;
}

/**
 * Has the host check a reference, and saves the binding when it is good. A checkout without a saved identity is
 * validated with what is known of it, and takes the UUID that the host answers.
 *
 * @throws {TrackerError} `binding_mismatch` when the answer is for another reference or provider.
 */
export async function validateAndBind(
  deps: ValidateDeps,
  bindingRef: string,
): Promise<ValidateOutcome> {
  const { identity, provider } = deps;
  const answer = await validate(deps, bindingRef);
  if (!answer.valid) {
    const { reason, guidance } = answer;
    const hasIdentity = identity.savedUuid !== null;
    return { kind: "invalid", bindingRef, reason, guidance, hasIdentity };
  }
  if (answer.binding_ref !== bindingRef || !isProvider(answer.provider, provider)) {
    throw bindingMismatch({ bindingRef, provider }, answer);
  }
  const uuid = "project_uuid" in answer ? answer.project_uuid : null;
  if (identity.savedUuid === null && typeof uuid === "string" && isUuid(uuid)) {
    await adoptUuid(deps.platform, deps.root, uuid);
  }
  return await saveBound(deps, "ref", {
    bindingRef: answer.binding_ref,
    displayLabel: answer.display_label,
    providerContext: answer.provider_context,
  });
}

/** A strict host wants the UUID: it gets the one made in memory, and decides. */
async function validate(deps: ValidateDeps, bindingRef: string): Promise<ValidationResult> {
  const { client, provider, identity } = deps;
  try {
    return await client.bindValidate(provider, bindingRef, partialIdentity(identity));
  } catch (error) {
    const isRefused = error instanceof HostedApiError && [400, 422].includes(error.statusCode);
    if (!isRefused || identity.savedUuid !== null) throw error;
    return await client.bindValidate(provider, bindingRef, projectIdentity(identity));
  }
}

function bindingMismatch(
  asked: { readonly bindingRef: string; readonly provider: string },
  answer: { readonly binding_ref: string; readonly provider: string },
): TrackerError {
  return new TrackerError({
    code: "binding_mismatch",
    message: `The host answered for "${answer.binding_ref}" (${answer.provider}) when asked for ` +
      `"${asked.bindingRef}" (${asked.provider})`,
    nextAction: `Find the reference with \`tracker discover -p ${asked.provider}\`.`,
    details: { binding_ref: asked.bindingRef, answered: answer.binding_ref },
  });
}

function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
}
