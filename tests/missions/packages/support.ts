import type { MissionPackages } from "../../../src/missions/packages/work_package.ts";
import { readAllPackages } from "../../../src/missions/packages/read_packages.ts";
import { systemPlatform } from "../../../src/platform/system.ts";

/** Files of a project, by their paths from its root. */
export type Tree = Readonly<Record<string, string>>;

/** Writes the files below `root`. */
export async function plant(root: string, tree: Tree): Promise<void> {
  for (const [path, text] of Object.entries(tree)) {
    const whole = `${root}/${path}`;
    await Deno.mkdir(whole.replace(/\/[^/]*$/, ""), { recursive: true });
    await Deno.writeTextFile(whole, text);
  }
}

/** Runs `work` in a new project of these files. */
export async function withProject<T>(tree: Tree, work: (root: string) => Promise<T>): Promise<T> {
  const root = await Deno.makeTempDir({ prefix: "packages-" });
  try {
    await plant(root, tree);
    return await work(root);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

/** The missions of a project of these files, with their packages. */
export function readTree(tree: Tree): Promise<MissionPackages[]> {
  return withProject(tree, (root) => readAllPackages(systemPlatform(), root));
}

/** A step as a line of a lane log has it. */
export function step(
  wpId: string,
  from: string,
  to: string,
  at: string,
  more: Readonly<Record<string, unknown>> = {},
): string {
  return JSON.stringify({
    event_id: ulidAt(at, wpId + to),
    mission_slug: "001-login",
    wp_id: wpId,
    from_lane: from,
    to_lane: to,
    at,
    actor: "claude",
    force: false,
    execution_mode: "worktree",
    ...more,
  });
}

const DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** An id that has the form of a ULID and depends on nothing but these. */
export function ulidAt(at: string, salt: string): string {
  let time = Date.parse(at);
  let head = "";
  for (let place = 0; place < 10; place++) {
    head = (DIGITS[time % 32] ?? "0") + head;
    time = Math.floor(time / 32);
  }
  let sum = 7;
  const tail = Array.from({ length: 16 }, (_, place) => {
    for (const letter of salt) sum = (sum * 31 + letter.charCodeAt(0) + place) % 65_521;
    return DIGITS[sum % 32] ?? "0";
  });
  return head + tail.join("");
}

/** The metadata of an identified mission. */
export function meta(slug: string, id: string | null, more: object = {}): string {
  return JSON.stringify({ ...(id === null ? {} : { mission_id: id }), slug, ...more });
}

/** A work package's file. */
export function packageFile(id: string, title: string, more = ""): string {
  return `---\nwork_package_id: ${id}\ntitle: ${title}\n${more}---\n\n# ${id}: ${title}\n`;
}
