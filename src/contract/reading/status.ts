import { isJsonObject } from "../field.ts";
import type { BindOriginResult, IssueSearchResult, OriginCandidate } from "../search.ts";
import type { SnapshotReceipt } from "../snapshots.ts";
import type {
  HealthResult,
  InstallationBinding,
  InstallationStatusResult,
  Mapping,
  MappingsResult,
  StatusResult,
} from "../status.ts";
import type { JsonObject } from "../field.ts";
import { connectionIn, connectionsIn } from "./connection.ts";
import { itemErrors } from "./discovery.ts";
import { timeOf } from "./issue.ts";
import {
  type AnswerReader,
  count,
  flag,
  knownWord,
  plainText,
  type Reading,
  requiredText,
  UNKNOWN_WORKSPACE,
} from "./reading.ts";
import { readIdentityPath } from "./sync.ts";
import { readTime } from "./time.ts";

/** Reads the status of a bound project (wire.md, Status and mappings). */
export const StatusReader: AnswerReader<StatusResult> = {
  members: ["provider", "connected", "configured", "sync_state", "binding_ref", "project_slug"],
  read(body, reading) {
    const { counts, identity_path, last_sync_at } = body;
    return {
      ...body,
      provider: plainText(body["provider"]) ?? reading.system,
      connected: flag(body["connected"]),
      sync_state: plainText(body["sync_state"]),
      ...textsOf(body, ["project_slug", "binding_ref", "display_label"]),
      ...(last_sync_at === undefined ? {} : { last_sync_at: readTime(last_sync_at) }),
      ...(identity_path === undefined ? {} : { identity_path: readIdentityPath(identity_path) }),
      ...(counts === undefined ? {} : { counts: countsOf(counts) }),
      ...connectionIn(body),
    };
  },
};

/** Reads the status of a whole installation (wire.md, Status and mappings). */
export const InstallationStatusReader: AnswerReader<InstallationStatusResult> = {
  members: ["bindings", "installation_id", "connected", "configured", "provider"],
  read(body, reading) {
    const bindings = body["bindings"] == null
      ? []
      : reading.list(body, "bindings", readInstallationBinding);
    return {
      ...body,
      provider: plainText(body["provider"]) ?? reading.system,
      connected: flag(body["connected"]),
      installation_id: plainText(body["installation_id"]),
      resource_count: count(body["resource_count"]),
      bindings,
      ...connectionsIn(body),
      ...itemErrors(body, reading),
    };
  },
};

/** Reads the mappings of a project (wire.md, Tracker calls). */
export const MappingsReader: AnswerReader<MappingsResult> = {
  members: ["mappings"],
  read(body, reading) {
    const mappings = reading.list(body, "mappings", (member) => readMapping(member, reading));
    return { ...body, mappings, ...itemErrors(body, reading) };
  },
};

/** Reads whether the host is well (wire.md, Tracker calls). */
export const HealthReader: AnswerReader<HealthResult> = {
  members: [],
  read: (body) => ({
    ...body,
    status: plainText(body["status"]) ?? "ok",
    version: plainText(body["version"]),
    extensions: namesIn(body["extensions"]),
  }),
};

/** Reads what a search found (wire.md, Tickets). */
export const SearchReader: AnswerReader<IssueSearchResult> = {
  members: ["candidates"],
  read(body, reading) {
    const candidates = reading.list(body, "candidates", (member) => readTicket(member, reading));
    return {
      ...body,
      candidates,
      ...itemErrors(body, reading),
      resource_type: plainText(body["resource_type"]) ?? "",
      resource_id: plainText(body["resource_id"]) ?? "",
    };
  },
};

/** Reads the link between a mission and its ticket; that there is one is all that counts (wire.md, Tickets). */
export const BindOriginReader: AnswerReader<BindOriginResult> = {
  members: [],
  read: (body) => ({
    ...body,
    origin_link_id: plainText(body["origin_link_id"]),
    bound_at: readTime(body["bound_at"]),
  }),
};

/** Reads how the host found a snapshot's place (wire.md, Tracker snapshots). */
export const SnapshotReceiptReader: AnswerReader<SnapshotReceipt> = {
  members: [],
  read: (body) => ({
    ...body,
    receipt_id: plainText(body["receipt_id"]),
    resolution: plainText(body["resolution"]),
  }),
};

function readInstallationBinding(member: JsonObject): InstallationBinding {
  return {
    ...member,
    binding_ref: requiredText(member, "binding_ref"),
    project_slug: plainText(member["project_slug"]),
    display_label: plainText(member["display_label"]),
    status: plainText(member["status"]),
    bound_at: timeOf(member, "bound_at"),
  };
}

function readMapping(member: JsonObject, reading: Reading): Mapping {
  const times = ["created_at", "updated_at"].filter((name) => member[name] !== undefined);
  return {
    ...member,
    wp_id: requiredText(member, "wp_id"),
    system: plainText(member["system"]) ?? reading.system,
    workspace: plainText(member["workspace"]) ?? UNKNOWN_WORKSPACE,
    external_id: requiredText(member, "external_id"),
    ...textsOf(member, ["mission", "external_key", "external_url"]),
    ...Object.fromEntries(times.map((name) => [name, timeOf(member, name)])),
  };
}

function readTicket(member: JsonObject, reading: Reading): OriginCandidate {
  const id = requiredText(member, "external_issue_id");
  const told = member["match_type"];
  const match_type = knownWord(["exact", "text"], told);
  if (match_type === null && told != null) reading.readAs("match", told, "text");
  return {
    ...member,
    external_issue_id: id,
    external_issue_key: plainText(member["external_issue_key"]) ?? id,
    title: plainText(member["title"]) ?? "",
    status: plainText(member["status"]) ?? "",
    url: plainText(member["url"]) ?? "",
    match_type: match_type ?? "text",
  };
}

/** Members that are text or `null` when they are there at all. */
function textsOf(body: JsonObject, names: readonly string[]): Record<string, string | null> {
  return Object.fromEntries(
    names.filter((name) => body[name] !== undefined).map((name) => [name, plainText(body[name])]),
  );
}

/** Names in a list; what names nothing is left out. */
function namesIn(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(plainText).filter((name) => name !== null) : [];
}

function countsOf(value: unknown): Record<string, number> | null {
  if (!isJsonObject(value)) return null;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, number]) =>
      typeof number === "number" ? [[name, number]] : []
    ),
  );
}
