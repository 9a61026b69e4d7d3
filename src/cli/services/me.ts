import { classifyProvider } from "../../contract/providers.ts";
import { TrackerError } from "../../platform/tracker_error.ts";
import type { ProjectContext } from "../../tracker/backend.ts";
import { openCache } from "../../tracker/cache.ts";
import type { Context } from "../command/context.ts";

/** What stands for the user where a command takes the name of a person. */
const ME = "@me";

/** Whether `@me` is among the names. */
export function namesMe(names: readonly string[]): boolean {
  return names.includes(ME);
}

/**
 * Returns the names by which the user is looked for among assignees.
 *
 * @throws {TrackerError} `unknown_user`; `invalid_setting`; `invalid_toml`.
 */
export async function myself(
  { platform }: Pick<Context, "platform">,
  root: string,
  provider: string,
): Promise<readonly string[]> {
  const { knownNames } = await import("../../missions/my_names.ts");
  const kind = kindOf(provider);
  const { names } = await knownNames(platform, root, kind);
  if (names.length > 0) return names;
  throw unknownUser("It is not known who you are at the tracker", kind);
}

/** Returns the names with those of the user for `@me`. */
export function withMyself(names: readonly string[], me: readonly string[]): readonly string[] {
  return [...new Set(names.flatMap((name) => name === ME ? me : [name]))];
}

/**
 * Returns names to assign an issue to, or to take from it, with what the tracker calls the user for `@me`.
 *
 * @throws {TrackerError} `unknown_user` where that is not known: a guess would name a stranger; `invalid_setting`,
 * `invalid_toml`; what opening the cache throws.
 */
export async function assignees(
  context: Context,
  project: ProjectContext,
  names: readonly string[],
): Promise<readonly string[]> {
  if (!namesMe(names)) return names;
  const { myNames } = await import("../../missions/my_names.ts");
  const { binding, store } = await openCache(project);
  try {
    const { root } = project;
    const me = await myself(context, root, binding.provider);
    const kind = kindOf(binding.provider);
    // One issue for each shows how the tracker writes the name.
    const issues = me.flatMap((name) =>
      store?.issues.page({ assignees: [name], limit: 1 }).issues ?? []
    );
    const { platform } = context;
    const [best] = await myNames({ platform, root, place: { kind }, issues });
    if (best !== undefined) return withMyself(names, [best]);
    throw unknownUser(
      `It is not known what the tracker calls you: no issue here is assigned to "${
        me.join('" or "')
      }"`,
      kind,
    );
  } finally {
    store?.close();
  }
}

type Kind = "local" | "hosted";

function kindOf(provider: string): Kind {
  return classifyProvider(provider).kind === "local" ? "local" : "hosted";
}

function unknownUser(message: string, kind: Kind): TrackerError {
  return new TrackerError({
    code: "unknown_user",
    message,
    nextAction:
      (kind === "local" ? "Set `git config user.name`" : "Sign in with `tracker auth login`") +
      ", or give your name there: `tracker config set mission.assignee NAME`.",
  });
}
