import * as v from "valibot";

/** Whose provider account did the work (wire.md, Results). */
export type IdentityPath = {
  /** `installation` or `user_link`; `null`, here and below, where the host does not say. */
  readonly type: string | null;
  /** The host's id of the installation. */
  readonly installation_id: string | null;
  /** The host's id of the person's own account link; `null` where the installation did it. */
  readonly user_link_id: string | null;
  /** The provider. */
  readonly provider: string | null;
  /** The provider's id of the account. */
  readonly provider_account_id: string | null;
};

/** Schema of {@link IdentityPath}. */
export const IdentityPathSchema: v.GenericSchema<unknown, IdentityPath> = v.looseObject({
  type: v.picklist(["installation", "user_link"]),
  installation_id: v.string(),
  user_link_id: v.nullable(v.string()),
  provider: v.string(),
  provider_account_id: v.string(),
});
