import type { BindOutcome } from "../client/binding.ts";
import type { ValidateOutcome } from "../client/binding_by_ref.ts";
import { usageError } from "../platform/tracker_error.ts";
import { missingWorkspace } from "../local/binding.ts";
import type { BindingConfig } from "../project/config.ts";
import { credentialNotAccepted, foreignOptions, type KnownProvider } from "./provider_class.ts";

/** How to bind a project; `null` and left out mean not given. */
export interface BindRequest {
  /** The provider's name: in any case, `-` and `_` are the same. */
  readonly provider: string;
  /** Hosted: a reference to be validated. */
  readonly bindRef?: string | null | undefined;
  /** Hosted: the number of a candidate. */
  readonly select?: number | null | undefined;
  /** Local: the workspace that the tool works in. */
  readonly workspace?: string | null | undefined;
  /** Local: `command` and `cwd` of the tool; those saved before stay unless given. */
  readonly credentials?: Readonly<Record<string, string>> | null | undefined;
  /** Local: who owns fields that {@link fieldOwners} does not name; `external_authoritative` unless given. */
  readonly doctrineMode?: string | null | undefined;
  /** Local: owner by field. */
  readonly fieldOwners?: Readonly<Record<string, string>> | null | undefined;
  /** Local: how a conflict in a shared field is settled. */
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
  const { bindRef, select, workspace } = request;
  if (known.kind === "hosted") {
    if (isGiven(request.credentials)) throw credentialNotAccepted(known.provider);
    refuse(known, {
      "--workspace": workspace != null,
      "--doctrine-mode": request.doctrineMode != null,
      "--field-owner": isGiven(request.fieldOwners),
      "--strategy": request.strategy != null,
    });
    if (bindRef == null || select == null) return;
    throw usageError("`--bind-ref` and `--select` exclude each other");
  }
  refuse(known, { "--bind-ref": bindRef != null, "--select": select != null });
  if (workspace == null || workspace.trim() === "") throw missingWorkspace(known.provider);
}

function refuse(known: KnownProvider, foreign: Readonly<Record<string, boolean>>): void {
  const given = Object.keys(foreign).filter((name) => foreign[name] === true);
  if (given.length > 0) throw foreignOptions(given, known);
}

function isGiven(options: Readonly<Record<string, string>> | null | undefined): boolean {
  return options != null && Object.keys(options).length > 0;
}
