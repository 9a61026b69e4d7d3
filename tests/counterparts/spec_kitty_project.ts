/** A project of the published spec-kitty. */
import { type TestProject, withProject } from "../missions/support.ts";
import { specKitties } from "../support/spec_kitty.ts";

/** Runs `test` in a new project of each spec-kitty there is; says where there is none, or one does not run here. */
export async function inEachProject(
  env: Readonly<Record<string, string>>,
  test: (specKitty: string, project: TestProject) => Promise<void>,
): Promise<void> {
  const found = await specKitties();
  if (found.length === 0) console.log("skipped: there is no spec-kitty");
  for (const specKitty of found) {
    await withProject({ env, config: null }, async (project) => {
      if (await initialised(specKitty, project)) await test(specKitty, project);
      else console.log(`skipped: ${specKitty} does not run here`);
    });
  }
}

/** Runs it in the project, for a user of the test's own; answers its output, and `null` where it fails. */
export async function ran(
  specKitty: string,
  project: TestProject,
  ...args: string[]
): Promise<string | null> {
  const { success, stdout } = await answered(specKitty, project, ...args);
  return success ? stdout : null;
}

/** Runs it as {@link ran} does; answers its output where it fails too. */
export async function answered(
  specKitty: string,
  project: TestProject,
  ...args: string[]
): Promise<{ readonly success: boolean; readonly stdout: string }> {
  const { success, stdout } = await new Deno.Command(specKitty, {
    args,
    cwd: project.root,
    env: {
      HOME: project.platform.home,
      GIT_CONFIG_GLOBAL: "/dev/null",
      GIT_CONFIG_NOSYSTEM: "1",
      GIT_AUTHOR_NAME: "Ada",
      GIT_AUTHOR_EMAIL: "ada@example.com",
      GIT_COMMITTER_NAME: "Ada",
      GIT_COMMITTER_EMAIL: "ada@example.com",
      SPEC_KITTY_NON_INTERACTIVE: "1",
    },
    stdin: "null",
    stderr: "null",
  }).output();
  return { success, stdout: new TextDecoder().decode(stdout) };
}

/** A project that this spec-kitty has made; `false` where it cannot be run here. */
export async function initialised(specKitty: string, project: TestProject): Promise<boolean> {
  const said = await ran(specKitty, project, "init", "--ai", "claude", "--non-interactive", ".");
  if (said === null) return false;
  await project.git("add", "-A");
  await project.git("commit", "--quiet", "-m", "Init");
  await project.git("switch", "--quiet", "-c", "work");
  return true;
}
