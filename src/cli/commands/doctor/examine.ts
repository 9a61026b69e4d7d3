import type { Context } from "../../command/context.ts";
import { VERSION } from "../../version.ts";
import { examineDaemon, examineQueue } from "./background.ts";
import { examineBinding } from "./binding.ts";
import { examineCaches } from "./caches.ts";
import { examineFiles } from "./files.ts";
import { type CommandPermissions, examineGrants } from "./grants.ts";
import { examineHost, type HostFinding } from "./host.ts";
import { examineMappings } from "./mappings.ts";
import { lookingOnly } from "../../services/looking_only.ts";
import { examined, failureOf, isHosted, type Patient } from "./patient.ts";
import { type Check, fine } from "./report.ts";
import { examineTools } from "./tools.ts";

/** Everything the examination found. */
export interface Examination {
  readonly checks: readonly Check[];
  readonly permissions: readonly CommandPermissions[];
}

/**
 * Examines everything tracker depends on. With the rollout gate off, what only hosted work needs is not
 * looked at. Each fault is told of once: what cannot be judged because of it is no fault of its own.
 */
export async function examine(context: Context): Promise<Examination> {
  const platform = lookingOnly(context.platform);
  const patient: Patient = { context, platform, hosted: isHosted(platform) };
  const files = await examineFiles(patient);
  const host = patient.hosted ? await hostOf(patient, files) : null;
  const grants = await grantsOf(patient, files);
  return {
    checks: [
      versionCheck(patient),
      ...(patient.hosted ? [fine("gate", "hosted sync is enabled")] : []),
      ...(host?.checks ?? []),
      ...await examined(patient, "binding", () => examineBinding(patient, files.project, host)),
      ...await examined(patient, "mappings", () => examineMappings(patient, files.project)),
      ...files.checks,
      ...(patient.hosted
        ? [
          ...await examined(patient, "queue", () => examineQueue(patient, files)),
          ...await examined(patient, "daemon", () => examineDaemon(patient)),
        ]
        : []),
      ...await examined(patient, "tools", () => examineTools(patient, files)),
      ...await examined(patient, "issue caches", () => examineCaches(patient)),
      ...grants.checks,
    ],
    permissions: grants.table,
  };
}

function versionCheck({ platform }: Patient): Check {
  const { denoVersion, os, arch } = platform.system;
  return fine("version", `tracker ${VERSION}, Deno ${denoVersion}, ${os} ${arch}`, {
    tracker: VERSION,
    deno: denoVersion,
    os,
    arch,
  });
}

async function hostOf(
  patient: Patient,
  files: Awaited<ReturnType<typeof examineFiles>>,
): Promise<HostFinding> {
  try {
    return await examineHost(patient, files);
  } catch (error) {
    return { checks: [failureOf(patient, "host", error)], url: null, connection: null };
  }
}

async function grantsOf(
  patient: Patient,
  files: Awaited<ReturnType<typeof examineFiles>>,
): ReturnType<typeof examineGrants> {
  try {
    return await examineGrants(patient, files);
  } catch (error) {
    return { checks: [failureOf(patient, "permissions", error)], table: [] };
  }
}
