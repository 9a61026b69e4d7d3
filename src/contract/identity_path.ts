import * as v from "valibot";

/** Whose provider account did the work. Hosted API, Shapes. */
export type IdentityPath = {
  readonly type: "installation" | "user_link";
  readonly installation_id: string;
  readonly user_link_id: string | null;
  readonly provider: string;
  readonly provider_account_id: string;
};

/** Schema of {@link IdentityPath}. Hosted API, Shapes. */
export const IdentityPathSchema: v.GenericSchema<unknown, IdentityPath> = v.looseObject({
  type: v.picklist(["installation", "user_link"]),
  installation_id: v.string(),
  user_link_id: v.nullable(v.string()),
  provider: v.string(),
  provider_account_id: v.string(),
});
