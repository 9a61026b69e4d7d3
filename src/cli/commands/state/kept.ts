import { TrackerError } from "../../../platform/tracker_error.ts";
import type { KeptState } from "../../../store/kept_state.ts";

/** The shortest beginning of a name that is understood. */
const SHORTEST = 4;

/**
 * Returns what is named so, or the one whose name begins so.
 *
 * @throws {TrackerError} `state_not_found`.
 */
export function namedState(states: readonly KeptState[], name: string): KeptState {
  const exact = states.find(({ id }) => id === name);
  if (exact !== undefined) return exact;
  const begun = name.length < SHORTEST ? [] : states.filter(({ id }) => id.startsWith(name));
  const [only, ...more] = begun;
  if (only !== undefined && more.length === 0) return only;
  throw new TrackerError({
    code: "state_not_found",
    message: begun.length === 0
      ? `Nothing that is kept here is named "${name}"`
      : `Several things that are kept here begin with "${name}"`,
    nextAction: "Take a name that `tracker state list` shows.",
    details: { id: name, found: begun.map(({ id }) => id) },
  });
}

/** What a state is of, as JSON; `null` for what is not known. */
export function placeJson({ place }: KeptState): Record<string, unknown> {
  const isHosted = place !== null && place.directory === undefined;
  return {
    provider: place?.provider ?? null,
    workspace: isHosted ? null : place?.workspace ?? null,
    repository: place?.repository ?? place?.directory ?? null,
    root: place?.root ?? null,
    directory: place?.directory ?? null,
    database: place?.database ?? null,
    host: place?.host ?? null,
    user: place?.user ?? null,
    team: place?.team ?? null,
    binding_ref: isHosted ? place.workspace : null,
  };
}

/** The members of {@link stateJson}. */
export const STATE_FIELDS: readonly string[] = [
  ...["id", "kind", "standing", "missing", "provider", "workspace", "repository", "root"],
  ...["directory", "database", "host", "user", "team", "binding_ref", "holds", "fault", "path"],
  ...["bytes", "written_at"],
];

/** A state as `state list` shows it, as JSON. */
export function stateJson(state: KeptState): Record<string, unknown> {
  return {
    id: state.id,
    kind: state.kind,
    standing: state.standing,
    missing: state.missing,
    ...placeJson(state),
    holds: state.content,
    fault: state.fault,
    path: state.path,
    bytes: state.bytes,
    written_at: new Date(state.writtenAt).toISOString(),
  };
}

/** What a state is of, in words. */
export function subjectOf({ place, path }: KeptState): string {
  if (place === null) return path;
  const { directory, repository, database, workspace, host, team } = place;
  if (directory === undefined) {
    return `${workspace} at ${host ?? "no host"}${team === undefined ? "" : ` (${team})`}`;
  }
  return `${repository ?? directory}${database === undefined ? "" : `, ${database}`}`;
}
