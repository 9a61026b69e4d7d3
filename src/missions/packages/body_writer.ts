import { join } from "../../platform/paths.ts";
import type { Platform } from "../../platform/platform.ts";
import { gitFacts } from "../../project/git.ts";
import { repositoryOf } from "../../project/repository.ts";
import { HEAD_BYTES } from "./read_packages.ts";
import { projectFiles } from "../../project/project_files.ts";
import { fileUrl, ticketBody } from "./ticket_text.ts";
import type { MissionPackages, WorkPackage } from "./work_package.ts";

/** Returns what writes the bodies of the tickets of a project's work packages. */
export function bodyWriter(
  platform: Pick<Platform, "files">,
  root: string,
): (mission: MissionPackages, workPackage: WorkPackage) => Promise<string> {
  const files = projectFiles(platform.files, root);
  let known: Promise<{ readonly origin: string | null; readonly place: string }> | null = null;
  return async ({ mission }, { path }) => {
    known ??= whereabouts(platform, root);
    const { origin, place } = await known;
    const head = await files.readHead(join(root, ...path.split("/")), HEAD_BYTES);
    const whole = place === "" ? path : `${place.replaceAll("\\", "/")}/${path}`;
    return ticketBody({
      text: head,
      path,
      url: fileUrl(origin, whole),
      mission: mission.featureSlug,
    });
  };
}

async function whereabouts(platform: Pick<Platform, "files">, root: string) {
  const [{ originUrl }, { place }] = await Promise.all([
    gitFacts(platform, root),
    repositoryOf(platform, root),
  ]);
  return { origin: originUrl, place };
}
