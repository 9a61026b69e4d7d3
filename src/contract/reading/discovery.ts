import { isJsonObject, type JsonObject } from "../field.ts";
import {
  type BindableResource,
  type BindCandidate,
  type BindResult,
  CONFIDENCES,
  type ResolutionResult,
  type ResourcesResult,
  type ValidationResult,
} from "../discovery.ts";
import { connectionIn } from "./connection.ts";
import { timeOf } from "./issue.ts";
import {
  type AnswerReader,
  count,
  flag,
  knownWord,
  objectOf,
  plainText,
  type Reading,
  requiredText,
  Unreadable,
} from "./reading.ts";
import { readTime } from "./time.ts";

/** Reads the resources of an installation (wire.md, Resources and candidates). */
export const ResourcesReader: AnswerReader<ResourcesResult> = {
  members: ["resources"],
  read(body, reading) {
    const resources = reading.list(body, "resources", (member) => readResource(member, reading));
    return {
      ...body,
      resources,
      ...itemErrors(body, reading),
      installation_id: plainText(body["installation_id"]),
      provider: plainText(body["provider"]) ?? reading.system,
    };
  },
};

/** Reads what the host makes of a project's identity (wire.md, Resources and candidates). */
export const ResolutionReader: AnswerReader<ResolutionResult> = {
  members: ["match_type", "candidates", "binding_ref", "candidate_token"],
  read(body, reading) {
    const known = knownWord(["exact", "candidates", "none"], body["match_type"]);
    const binding_ref = plainText(body["binding_ref"]);
    const candidate_token = plainText(body["candidate_token"]);
    const isList = known === "candidates" || body["candidates"] != null;
    const candidates = isList
      ? reading.list(body, "candidates", (member) => readCandidate(member, reading))
        .map((candidate, index) => ({
          ...candidate,
          sort_position: count(candidate.sort_position) ?? index,
        }))
      : [];
    const isSure = binding_ref !== null || candidate_token !== null;
    return {
      ...body,
      match_type: known ?? (isSure ? "exact" : candidates.length > 0 ? "candidates" : "none"),
      candidate_token,
      binding_ref,
      candidates,
      ...itemErrors(body, reading),
      display_label: plainText(body["display_label"]),
    };
  },
};

/** Reads a confirmed binding (wire.md, Resources and candidates). */
export const BindReader: AnswerReader<BindResult> = {
  members: ["binding_ref"],
  read: (body, reading) => ({
    ...body,
    binding_ref: requiredText(body, "binding_ref"),
    display_label: plainText(body["display_label"]),
    provider: plainText(body["provider"]) ?? reading.system,
    provider_context: contextOf(body),
    bound_at: readTime(body["bound_at"]),
  }),
};

/** Reads whether the reference that was asked about is good (wire.md, Resources and candidates). */
export function validationReader(asked: string): AnswerReader<ValidationResult> {
  return {
    members: ["valid"],
    read(body, reading) {
      const valid = flag(body["valid"]);
      if (valid === null) throw new Unreadable("valid", "must be true or false");
      const binding_ref = plainText(body["binding_ref"]) ?? asked;
      return valid
        ? {
          ...body,
          valid,
          binding_ref,
          display_label: plainText(body["display_label"]),
          provider: plainText(body["provider"]) ?? reading.system,
          provider_context: contextOf(body),
          ...connectionIn(body),
        }
        : {
          ...body,
          valid,
          binding_ref,
          reason: plainText(body["reason"]) ?? "not_valid",
          guidance: plainText(body["guidance"]) ?? plainText(body["message"]),
        };
    },
  };
}

/** Returns the errors of an answer's list members, where there are any. */
export function itemErrors(
  body: JsonObject,
  reading: Reading,
): Pick<ResourcesResult, "item_errors"> {
  if (reading.errors.length === 0) return {};
  const told = body["item_errors"];
  return { item_errors: [...Array.isArray(told) ? told : [], ...reading.errors] };
}

function readResource(member: JsonObject, reading: Reading): BindableResource {
  const candidate_token = plainText(member["candidate_token"]);
  const binding_ref = plainText(member["binding_ref"]);
  if (candidate_token === null && binding_ref === null) {
    throw new Unreadable("candidate_token", "is missing");
  }
  return {
    ...member,
    candidate_token,
    display_label: plainText(member["display_label"]) ?? binding_ref ?? NO_LABEL,
    provider: plainText(member["provider"]) ?? reading.system,
    provider_context: objectOf(member["provider_context"]),
    binding_ref,
    bound_project_slug: plainText(member["bound_project_slug"]),
    bound_at: timeOf(member, "bound_at"),
  };
}

/** What is shown for a resource whose host gives it no name. */
const NO_LABEL = "(no name)";

function readCandidate(
  member: JsonObject,
  reading: Reading,
): Omit<BindCandidate, "sort_position"> & { readonly sort_position: unknown } {
  const told = member["confidence"];
  const confidence = knownWord(CONFIDENCES, told);
  const isOdd = confidence === null && told !== null && told !== undefined;
  if (isOdd) reading.readAs("confidence", told, "low");
  return {
    ...member,
    candidate_token: requiredText(member, "candidate_token"),
    display_label: plainText(member["display_label"]) ?? NO_LABEL,
    confidence: confidence ?? "low",
    ...(isOdd ? { raw_confidence: told } : {}),
    match_reason: plainText(member["match_reason"]) ?? "",
    sort_position: member["sort_position"],
  };
}

function contextOf(body: JsonObject): JsonObject | null {
  const context = body["provider_context"];
  return isJsonObject(context) ? context : null;
}
