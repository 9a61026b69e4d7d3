import type { PackageTicketsChoice } from "../../../src/sync/package_tickets.ts";
import type { LocalTrackerService } from "../../../src/local/service.ts";
import { pushPackages } from "../../../src/missions/packages/push.ts";
import type { PackageOutcome, PackagesReport } from "../../../src/missions/packages/push_report.ts";
import { readAllPackages } from "../../../src/missions/packages/read_packages.ts";
import { ticketBody } from "../../../src/missions/packages/ticket_text.ts";
import type { Platform } from "../../../src/platform/platform.ts";

/** A work package to write. */
export interface PackageText {
  readonly title?: string;
  readonly dependencies?: readonly string[];
  readonly objective?: string;
}

/** Writes a mission with work packages. */
export async function writeMission(
  root: string,
  mission: string,
  packages: Readonly<Record<string, PackageText>>,
  meta: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  const directory = `${root}/kitty-specs/${mission}`;
  await Deno.mkdir(`${directory}/tasks`, { recursive: true });
  await Deno.writeTextFile(
    `${directory}/meta.json`,
    JSON.stringify({
      mission_slug: mission,
      mission_number: "001",
      mission_type: "software-dev",
      slug: mission.replace(/^\d+-/, ""),
      friendly_name: mission,
      target_branch: "main",
      created_at: "2026-03-01T12:00:00Z",
      ...meta,
    }),
  );
  for (
    const [wpId, { title = `Part ${wpId}`, dependencies = [], objective }] of Object.entries(
      packages,
    )
  ) {
    await Deno.writeTextFile(
      `${directory}/tasks/${wpId}-part.md`,
      [
        "---",
        `work_package_id: ${wpId}`,
        `title: ${title}`,
        `dependencies: [${dependencies.join(", ")}]`,
        "---",
        `# ${wpId}`,
        "",
        "## Objective",
        "",
        objective ?? `What ${wpId} is for.`,
        "",
        "## Steps",
        "",
        "- one",
        "",
      ].join("\n"),
    );
  }
}

/** Adds steps to the lane log of a mission. */
export async function addSteps(
  root: string,
  mission: string,
  steps: readonly {
    readonly wp: string;
    readonly to: string;
    readonly at: string;
    readonly id: string;
    readonly [key: string]: unknown;
  }[],
): Promise<void> {
  const lines = steps.map(({ wp, to, at, id, ...more }) =>
    JSON.stringify({
      wp_id: wp,
      to_lane: to,
      from_lane: "planned",
      at,
      event_id: id,
      actor: "claude",
      force: false,
      ...more,
    })
  );
  await Deno.writeTextFile(
    `${root}/kitty-specs/${mission}/status.events.jsonl`,
    lines.map((line) => `${line}\n`).join(""),
    { append: true },
  );
}

/** Pushes the work packages of a project to its local tool. */
export async function pushLocally(
  platform: Platform,
  root: string,
  service: LocalTrackerService,
  { only, ...choice }: PackageTicketsChoice & { readonly only?: readonly string[] } = {},
): Promise<PackagesReport> {
  const missions = await readAllPackages(platform, root);
  return await service.withPackages(choice, (tickets) =>
    pushPackages({
      tickets,
      missions,
      isWanted: ({ wpId }) => only === undefined || only.includes(wpId),
      bodyOf: async ({ mission }, { path }) =>
        ticketBody({
          text: await Deno.readTextFile(`${root}/${path}`),
          path,
          url: null,
          mission: mission.featureSlug,
        }),
      dryRun: choice.dryRun,
    }));
}

/** What became of each package, in a few words. */
export function outcomes({ missions }: PackagesReport): readonly (readonly unknown[])[] {
  return missions.flatMap(({ packages }) => packages).map((one: PackageOutcome) => [
    one.workPackage.wpId,
    one.outcome,
    ...one.changed,
    ...one.reasons.map(({ code }) => code),
  ]);
}
