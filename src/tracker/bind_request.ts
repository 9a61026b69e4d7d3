import type { BindOutcome } from "../client/binding.ts";
import type { ValidateOutcome } from "../client/binding_by_ref.ts";
import { usageError } from "../platform/tracker_error.ts";
import type { BindingConfig } from "../project/config.ts";
import { credentialNotAccepted, type KnownProvider } from "./provider_class.ts";

/** How to bind a project; `null` and left out mean not given. */
export interface BindRequest {
  /** As typed. */
  readonly provider: string;
  /** Hosted: a reference to be validated. */
  readonly bindRef?: string | null | undefined;
  /** Hosted: the number of a candidate. */
  readonly select?: number | null | undefined;
  /** Local. */
  readonly workspace?: string | null | undefined;
  /** Local. */
  readonly credentials?: Readonly<Record<string, string>> | null | undefined;
  readonly doctrineMode?: string | null | undefined;
  readonly fieldOwners?: Readonly<Record<string, string>> | null | undefined;
  readonly strategy?: string | null | undefined;
}

/** What came of a bind. */
export type BindResultOutcome =
  | BindOutcome
  | ValidateOutcome
  | { readonly kind: "bound_local"; readonly binding: BindingConfig };

/**
 * Refuses what a provider's class does not take, before anything is read, written or sent.
 *
 * @throws {TrackerError} `credential_not_accepted`; `usage`.
 */
export function checkBindRequest(known: KnownProvider, request: BindRequest): void {
  const { bindRef, select, workspace, credentials } = request;
  if (known.kind === "hosted") {
    if (isGiven(credentials)) throw credentialNotAccepted(known.provider);
    if (workspace != null) {
      throw usageError(`"--workspace" is for local providers; "${known.provider}" is a hosted one`);
    }
    const { doctrineMode, fieldOwners, strategy } = request;
    if (doctrineMode != null || isGiven(fieldOwners) || strategy != null) {
      throw usageError(
        `"--doctrine-mode", "--field-owner" and "--strategy" are for local providers; "${known.provider}" is a hosted one`,
      );
    }
    if (bindRef != null && select != null) {
      throw usageError('"--bind-ref" and "--select" exclude each other');
    }
    return;
  }
  if (bindRef != null || select != null) {
    throw usageError(
      `"--bind-ref" and "--select" are for hosted providers; "${known.provider}" is a local one`,
    );
  }
  if (workspace == null || workspace.trim() === "") {
    throw usageError(
      `The provider "${known.provider}" needs a workspace`,
      `Run \`tracker bind --provider ${known.provider} --workspace NAME\`.`,
    );
  }
}

function isGiven(options: Readonly<Record<string, string>> | null | undefined): boolean {
  return options != null && Object.keys(options).length > 0;
}
