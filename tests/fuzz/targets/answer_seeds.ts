import { EMPTY_PAGE, EMPTY_PUSH, EMPTY_RUN, STATUS } from "../../client/support.ts";
import { errorEnvelope, IDENTITY_PATH } from "../../support/answers.ts";

const REF = {
  system: "linear",
  workspace: "acme",
  id: "i1",
  key: "WEB-1",
  url: "https://x.example/1",
};

const ISSUE = {
  ref: REF,
  title: "Title",
  body: null,
  status: "todo",
  issue_type: "task",
  priority: 2,
  assignees: ["ada"],
  labels: ["x"],
  parent_ref: null,
  links: [{ type: "blocks", ref: REF }],
  custom_fields: { points: 3 },
  created_at: "2026-01-01T00:00:00+00:00",
  updated_at: "2026-01-02T00:00:00Z",
  provider_metadata: { raw: { status: "Todo" } },
};

const BOUND = {
  binding_ref: "srm_1",
  display_label: "Web",
  provider: "linear",
  provider_context: { team_name: "Core" },
};

/** A good answer to every call of the contract, and its refusals. */
export const ANSWERS: readonly unknown[] = [
  STATUS,
  { ...STATUS, ...BOUND, last_sync_at: "2026-01-02T00:00:00Z", counts: { todo: 1 } },
  {
    provider: "linear",
    connected: true,
    installation_id: "in_1",
    resource_count: 1,
    bindings: [{
      binding_ref: "srm_1",
      project_slug: "web",
      display_label: "Web",
      status: "active",
      bound_at: "2026-01-02T00:00:00Z",
    }],
  },
  { mappings: [{ wp_id: "WP01", system: "linear", workspace: "acme", external_id: "i1" }] },
  { ...EMPTY_PAGE, items: [ISSUE], has_more: true, next_cursor: "c1", ...BOUND },
  {
    ...EMPTY_PAGE,
    status: "partial",
    item_errors: [{ ref: REF, code: "x", message: "m", retryable: true }],
  },
  {
    ...EMPTY_PUSH,
    items: [{
      ref: REF,
      action: "update",
      outcome: "updated",
      remote_ref: REF,
      version: "1",
      message: null,
    }],
  },
  EMPTY_RUN,
  { operation_id: "op_1", status: "pending" },
  { operation_id: "op_1", status: "running", result: null, error: null },
  { operation_id: "op_1", status: "completed", result: EMPTY_RUN, error: null },
  {
    operation_id: "op_1",
    status: "failed",
    result: null,
    error: errorEnvelope(409, "mapping_disabled"),
  },
  { status: "ok" },
  {
    resources: [{
      candidate_token: "cand",
      display_label: "Web",
      provider: "linear",
      provider_context: {},
      binding_ref: null,
      bound_project_slug: null,
      bound_at: null,
    }],
    installation_id: "in_1",
    provider: "linear",
  },
  {
    match_type: "candidates",
    candidate_token: null,
    binding_ref: null,
    candidates: [{
      candidate_token: "cand",
      display_label: "Web",
      confidence: "high",
      match_reason: "slug",
      sort_position: 0,
    }],
    display_label: null,
  },
  {
    match_type: "exact",
    candidate_token: "c",
    binding_ref: "srm_1",
    candidates: [],
    display_label: "W",
  },
  { ...BOUND, bound_at: "2026-01-02T00:00:00Z" },
  { valid: true, ...BOUND },
  { valid: false, binding_ref: "srm_1", reason: "mapping_deleted", guidance: "Bind again." },
  {
    candidates: [{
      external_issue_id: "i1",
      external_issue_key: "WEB-1",
      title: "Title",
      status: "Todo",
      url: "https://x.example/1",
      match_type: "exact",
    }],
    resource_type: "linear_team",
    resource_id: "t1",
  },
  {
    comments: [
      {
        id: "cmt_1",
        author: "Ada",
        body: "Seen",
        created_at: "2026-01-02T00:00:00Z",
        updated_at: "2026-01-02T00:00:00Z",
        delivery: { state: "failed", message: "No" },
      },
    ],
    next_cursor: "c_2",
  },
  { status: "ok", version: "0.1.0", extensions: ["removed", "base_version"] },
  { origin_link_id: "ol_1", bound_at: "2026-01-02T00:00:00Z", identity_path: IDENTITY_PATH },
  { results: [{ event_id: "e1", status: "rejected", error: "no" }] },
  { error: "bad", details: '[{"event_id": "e1", "reason": "x"}]' },
  errorEnvelope(404, "binding_not_found", { details: { a: [1] }, provider: "linear" }),
  errorEnvelope(429, "rate_limited", { retry_after_seconds: 2 }),
  { ...errorEnvelope(403, "missing_user_link"), error_code: undefined, code: "missing_user_link" },
];
