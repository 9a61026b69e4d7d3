import type { BindCandidate } from "../../src/contract/discovery.ts";
import type { Stub } from "../support/fetch.ts";
import { errorEnvelope, resolution } from "../support/answers.ts";
import { IDENTITY_CONFIG, PROJECT_IDENTITY } from "../support/projects.ts";

/** The candidate in first place. */
export const WEB: BindCandidate = {
  candidate_token: "ct_web",
  display_label: "Web app (WEB)",
  confidence: "high",
  match_reason: "slug matches",
  sort_position: 0,
};
/** The candidate in second place. */
export const SITE: BindCandidate = {
  candidate_token: "ct_site",
  display_label: "Website (SITE)",
  confidence: "low",
  match_reason: "same installation",
  sort_position: 1,
};

/** An expected resolve and what is special about its answer. */
export function resolve(answer: Readonly<Record<string, unknown>>, provider = "linear"): Stub {
  return {
    request: "POST /api/v1/tracker/bind-resolve/",
    body: { provider, project_identity: PROJECT_IDENTITY },
    reply: {
      status: 200,
      json: resolution(answer),
    },
  };
}

/** An expected confirm, and the reference it answers with or another reply. */
export function confirm(token: string, answer: Stub["reply"] | string, provider = "linear"): Stub {
  return {
    request: "POST /api/v1/tracker/bind-confirm/",
    headers: { "Idempotency-Key": /^[0-9a-f-]{36}$/ },
    body: { provider, candidate_token: token, project_identity: PROJECT_IDENTITY },
    reply: typeof answer !== "string" ? answer : {
      status: 200,
      json: {
        binding_ref: answer,
        display_label: "Website (SITE)",
        provider,
        provider_context: { team_name: "Engineering" },
        bound_at: "2026-03-01T12:00:00Z",
      },
    },
  };
}

/** A confirm with a token that ran out. */
export const EXPIRED: Stub["reply"] = {
  status: 400,
  json: errorEnvelope(400, "invalid_candidate_token"),
};
/** A sure match. */
export const EXACT: Readonly<Record<string, unknown>> = {
  match_type: "exact",
  display_label: "Website (SITE)",
};
/** Two candidates, in the wrong order. */
export const CANDIDATES: Readonly<Record<string, unknown>> = {
  match_type: "candidates",
  candidates: [SITE, WEB],
};

/** A config bound to {@link SITE}. */
export const BOUND_TO_SITE = `${IDENTITY_CONFIG}tracker:
  provider: linear
  binding_ref: srm_site
  display_label: "Website (SITE)"
  provider_context: {team_name: Engineering}
`;
