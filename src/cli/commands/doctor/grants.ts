import { userPaths } from "../../../user/paths.ts";
import { resolveHostUrl } from "../../../user/settings.ts";
import { catalogue } from "../registry.ts";
import {
  databaseOf,
  isDispensable,
  permissionFlags,
  permissionsOf,
  type PermissionState,
  permissionStates,
  type Places,
} from "../../permissions/requirements.ts";
import type { FilesFinding } from "./files.ts";
import type { DoctorContext } from "./doctor_context.ts";
import { mayStartDaemon } from "../../services/places_here.ts";
import { type Check, fine, info } from "../../services/report.ts";
import { boundTool, toolCommand } from "./tools.ts";

/** The permissions one command needs, and whether it has them. */
export interface CommandPermissions {
  readonly command: string;
  /** Whether all are granted that it cannot do without. */
  readonly granted: boolean;
  readonly permissions: readonly PermissionState[];
  /** The flags that grant them. */
  readonly flags: readonly string[];
}

/** Looks up, for each command, the permissions it needs here and which are granted now. */
export async function examineGrants(
  doctor: DoctorContext,
  files: FilesFinding,
): Promise<{ readonly checks: readonly Check[]; readonly table: readonly CommandPermissions[] }> {
  const places = await placesOf(doctor, files);
  const table = (await catalogue(doctor.hosted)).map(
    ({ path, permissions: accesses }): CommandPermissions => {
      const needed = permissionsOf(accesses, places);
      const permissions = permissionStates(doctor.platform, needed);
      return {
        command: path,
        granted: permissions.every((one) => one.granted || isDispensable(one)),
        permissions,
        flags: permissionFlags(needed),
      };
    },
  );
  const ready = table.filter((row) => row.granted).length;
  const line = ready === table.length
    ? fine("permissions", "every command has the permissions it needs")
    : info(
      "permissions",
      `${ready} of ${table.length} commands have the permissions they need; \`tracker doctor --permissions\` lists them`,
    );
  return { checks: [line], table };
}

async function placesOf(doctor: DoctorContext, files: FilesFinding): Promise<Places> {
  const { platform, hosted } = doctor;
  const tool = boundTool(files);
  const host = hosted && files.settings ? await resolveHostUrl(platform) : null;
  return {
    project: files.project.root ?? platform.system.cwd(),
    user: userPaths(platform).root,
    host: host?.url ?? null,
    database: hosted ? databaseOf(platform.env.get("TRACKER_HOST_DATABASE")) : null,
    tool: tool === null ? null : (await toolCommand(doctor, files, tool)).command,
    program: platform.system.execPath(),
    sources: platform.system.sources,
    startsDaemon: !hosted || !files.settings || await mayStartDaemon(platform),
    hosted,
  };
}
