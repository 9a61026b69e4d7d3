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
import { type DoctorContext, examined, failureOf, isHosted } from "./doctor_context.ts";
import { type Check, fine } from "../../services/report.ts";
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
  const doctor: DoctorContext = { context, platform, hosted: isHosted(platform) };
  const files = await examineFiles(doctor);
  const host = doctor.hosted ? await hostOf(doctor, files) : null;
  const grants = await grantsOf(doctor, files);
  return {
    checks: [
      versionCheck(doctor),
      ...(doctor.hosted ? [fine("gate", "hosted sync is enabled")] : []),
      ...(host?.checks ?? []),
      ...await examined(doctor, "binding", () => examineBinding(doctor, files.project, host)),
      ...await examined(doctor, "mappings", () => examineMappings(doctor, files.project)),
      ...files.checks,
      ...(doctor.hosted
        ? [
          ...await examined(doctor, "queue", () => examineQueue(doctor, files)),
          ...await examined(doctor, "daemon", () => examineDaemon(doctor)),
        ]
        : []),
      ...await examined(doctor, "tools", () => examineTools(doctor, files)),
      ...await examined(doctor, "issue caches", () => examineCaches(doctor)),
      ...grants.checks,
    ],
    permissions: grants.table,
  };
}

function versionCheck({ platform }: DoctorContext): Check {
  const { denoVersion, os, arch } = platform.system;
  return fine("version", `tracker ${VERSION}, Deno ${denoVersion}, ${os} ${arch}`, {
    tracker: VERSION,
    deno: denoVersion,
    os,
    arch,
  });
}

async function hostOf(
  doctor: DoctorContext,
  files: Awaited<ReturnType<typeof examineFiles>>,
): Promise<HostFinding> {
  try {
    return await examineHost(doctor, files);
  } catch (error) {
    return { checks: [failureOf(doctor, "host", error)], url: null, connection: null };
  }
}

async function grantsOf(
  doctor: DoctorContext,
  files: Awaited<ReturnType<typeof examineFiles>>,
): ReturnType<typeof examineGrants> {
  try {
    return await examineGrants(doctor, files);
  } catch (error) {
    return { checks: [failureOf(doctor, "permissions", error)], table: [] };
  }
}
