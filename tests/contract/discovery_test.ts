import assert from "node:assert/strict";
import {
  BindableResourceSchema,
  type BindCandidate,
  BindCandidateSchema,
  BindResultSchema,
  findCandidateByPosition,
  isBound,
  parseWith,
  ResolutionResultSchema,
  ResourcesResultSchema,
  ValidationResultSchema,
} from "../../src/contract/mod.ts";

const FREE = {
  candidate_token: "ct_02",
  display_label: "Mobile app (MOB)",
  provider: "linear",
  provider_context: { workspace_name: "Acme Corp" },
  binding_ref: null,
  bound_project_slug: null,
  bound_at: null,
};

const BOUND = {
  ...FREE,
  binding_ref: "srm_01",
  bound_project_slug: "my-project",
  bound_at: "2026-03-01T09:00:00Z",
};

const CANDIDATE = {
  candidate_token: "ct_01",
  display_label: "Web app (WEB)",
  confidence: "high",
  match_reason: "slug matches an existing mapping",
  sort_position: 0,
};

function candidate(sort_position: number): BindCandidate {
  return {
    ...CANDIDATE,
    confidence: "high",
    sort_position,
    candidate_token: `ct_${sort_position}`,
  };
}

Deno.test("a bindable resource is read bound and unbound", () => {
  const bound = parseWith(BindableResourceSchema, BOUND);
  const free = parseWith(BindableResourceSchema, FREE);
  assert.ok(bound.ok && free.ok);
  assert.deepEqual(bound.value, BOUND);
  assert.deepEqual(free.value, FREE);
  assert.equal(isBound(bound.value), true);
  assert.equal(isBound(free.value), false);
});

Deno.test("a bind candidate is read with all of its fields", () => {
  assert.deepEqual(parseWith(BindCandidateSchema, CANDIDATE), { ok: true, value: CANDIDATE });
});

for (const field of Object.keys(FREE)) {
  Deno.test(`a bindable resource without ${field} is a fault that names it`, () => {
    const rest = Object.fromEntries(Object.entries(FREE).filter(([name]) => name !== field));
    assert.deepEqual(parseWith(BindableResourceSchema, rest), {
      ok: false,
      path: field,
      message: "is missing",
    });
  });
}

for (const field of Object.keys(CANDIDATE)) {
  Deno.test(`a bind candidate without ${field} is a fault that names it`, () => {
    const rest = Object.fromEntries(Object.entries(CANDIDATE).filter(([name]) => name !== field));
    assert.deepEqual(parseWith(BindCandidateSchema, rest), {
      ok: false,
      path: field,
      message: "is missing",
    });
  });
}

Deno.test("a confidence or a position that cannot be is refused", () => {
  for (const change of [{ confidence: "certain" }, { sort_position: -1 }, { sort_position: 0.5 }]) {
    const parsed = parseWith(BindCandidateSchema, { ...CANDIDATE, ...change });
    assert.ok(!parsed.ok);
    assert.equal(parsed.path, Object.keys(change)[0]);
  }
});

Deno.test("the resources of an installation are read in their order", () => {
  const answer = { resources: [BOUND, FREE], installation_id: "inst_1", provider: "linear" };
  assert.deepEqual(parseWith(ResourcesResultSchema, answer), { ok: true, value: answer });
});

Deno.test("a confirmed binding is read", () => {
  const answer = {
    binding_ref: "srm_01",
    display_label: "Web app (WEB)",
    provider: "linear",
    provider_context: {},
    bound_at: "2026-03-01T09:00:00Z",
  };
  assert.deepEqual(parseWith(BindResultSchema, answer), { ok: true, value: answer });
  const blank = parseWith(BindResultSchema, { ...answer, binding_ref: " " });
  assert.deepEqual(blank, { ok: false, path: "binding_ref", message: "must not be blank" });
});

Deno.test("a validation is read both ways, and narrows by its verdict", () => {
  const good = {
    valid: true,
    binding_ref: "srm_01",
    display_label: "Web app (WEB)",
    provider: "linear",
    provider_context: {},
  };
  const bad = {
    valid: false,
    binding_ref: "srm_01",
    reason: "mapping_disabled",
    guidance: "Enable it",
  };
  assert.deepEqual(parseWith(ValidationResultSchema, good), { ok: true, value: good });
  const parsed = parseWith(ValidationResultSchema, bad);
  assert.ok(parsed.ok && !parsed.value.valid);
  assert.equal(parsed.value.guidance, "Enable it");
});

Deno.test("a validation that lacks what its verdict needs is refused", () => {
  const parsed = parseWith(ValidationResultSchema, { valid: false, binding_ref: "srm_01" });
  assert.deepEqual(parsed, { ok: false, path: "reason", message: "is missing" });
});

for (const match_type of ["exact", "candidates", "none"]) {
  Deno.test(`a resolution of the kind ${match_type} is read`, () => {
    const answer = {
      match_type,
      candidate_token: match_type === "exact" ? "ct_01" : null,
      binding_ref: null,
      candidates: match_type === "candidates" ? [CANDIDATE] : [],
      display_label: null,
    };
    assert.deepEqual(parseWith(ResolutionResultSchema, answer), { ok: true, value: answer });
  });
}

Deno.test("a fault inside a candidate of a resolution is named by its path", () => {
  const parsed = parseWith(ResolutionResultSchema, {
    match_type: "candidates",
    candidate_token: null,
    binding_ref: null,
    candidates: [CANDIDATE, { ...CANDIDATE, match_reason: null }],
    display_label: null,
  });
  assert.deepEqual(parsed, {
    ok: false,
    path: "candidates[1].match_reason",
    message: "must be a string, not null",
  });
});

Deno.test("number N is the candidate at position N - 1, in whatever order they stand", () => {
  const candidates = [candidate(2), candidate(0), candidate(1)];
  assert.equal(findCandidateByPosition(candidates, 1)?.candidate_token, "ct_0");
  assert.equal(findCandidateByPosition(candidates, 2)?.candidate_token, "ct_1");
  assert.equal(findCandidateByPosition(candidates, 3)?.candidate_token, "ct_2");
});

Deno.test("a number out of range finds nothing", () => {
  const candidates = [candidate(0), candidate(1)];
  for (const number of [-1, 0, 3, 1.5, NaN]) {
    assert.equal(findCandidateByPosition(candidates, number), null);
  }
});

Deno.test("an empty list finds nothing", () => {
  assert.equal(findCandidateByPosition([], 1), null);
});

Deno.test("a gap in the positions is not closed", () => {
  assert.equal(findCandidateByPosition([candidate(0), candidate(2)], 2), null);
});
