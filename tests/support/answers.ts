/** Builders of what a host answers, before a client has read it. */

/** A reply of status 200 with this JSON. */
export function ok(json: unknown): { readonly status: 200; readonly json: unknown } {
  return { status: 200, json };
}

/** Whose provider account did the work, in every answer. */
export const IDENTITY_PATH = {
  type: "installation",
  installation_id: "in_1",
  user_link_id: null,
  provider: "linear",
  provider_account_id: "acc_1",
} as const;

/** The page of a pull with these issues; `changes` are what the test is about. */
export function pullPage(
  items: readonly unknown[] = [],
  changes: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  return {
    status: "ok",
    summary: { total: items.length, succeeded: items.length, failed: 0, skipped: 0 },
    items,
    item_errors: null,
    identity_path: IDENTITY_PATH,
    has_more: false,
    next_cursor: null,
    ...changes,
  };
}

/** The error envelope of a call that fails with `code`. */
export function errorEnvelope(
  status: number,
  code: string,
  changes: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  return {
    error_code: code,
    category: "test",
    http_status: status,
    message: `The host says ${code}`,
    retryable: false,
    user_action_required: false,
    source: "saas",
    ...changes,
  };
}

/** A snapshot of a local project without issues. */
export const EMPTY_SNAPSHOT = {
  provider: "beads",
  workspace: "w",
  external_resource_type: null,
  external_resource_id: null,
  doctrine_mode: "external_authoritative",
  doctrine_field_owners: {},
  project_uuid: "u",
  project_slug: "web",
  issues: [],
  mappings: [],
  checkpoint: { cursor: null, updated_since: null },
} as const;

/** The answer of a bind-resolve; of no resource at all unless `changes` say more. */
export function resolution(
  changes: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  return {
    match_type: "none",
    candidate_token: null,
    binding_ref: null,
    candidates: [],
    display_label: null,
    ...changes,
  };
}
