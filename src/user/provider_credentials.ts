import { isTable, type TomlChange, type TomlTable, tomlValue } from "./toml_file.ts";

/**
 * Under which names the credentials of a local provider are kept for a project. All are absolute paths: what names a
 * project inside of it, others can copy.
 */
export interface CredentialPlace {
  /** The name that all worktrees of the repository share. */
  readonly repository: string;
  /** Directories that older versions kept them under: the project's own first, then that of the main work tree. */
  readonly roots: readonly string[];
}

/**
 * What holds for one project of a local provider, all as text: its own values, and those of every project for what it
 * has none of. What an older version kept for the project's own directory comes before what its repository shares.
 */
export function providerCredentialsIn(
  table: TomlTable,
  provider: string,
  { repository, roots }: CredentialPlace,
): Record<string, string> {
  const [own, ...others] = roots;
  const names = [...(own === undefined ? [] : [own]), repository, ...others];
  const kept = names.map((name) => tomlValue(table, projectPath(provider, name))).find(isTable);
  return { ...texts(tomlValue(table, providerPath(provider))), ...texts(kept) };
}

/** Returns the edits that replace a project's own values by these, under the name that its worktrees share. */
export function replaceProjectCredentials(
  table: TomlTable,
  provider: string,
  place: CredentialPlace,
  credentials: Readonly<Record<string, string>>,
): TomlChange[] {
  const path = projectPath(provider, place.repository);
  const before = tomlValue(table, path);
  const gone = isTable(before)
    ? Object.keys(before).filter((key) => !Object.hasOwn(credentials, key))
    : [];
  return [
    ...oldNames(table, provider, place)
      .map((name) => ({ path: projectPath(provider, name), value: null })),
    ...gone.map((key) => ({ path: [...path, key], value: null })),
    ...Object.entries(credentials).map(([key, value]) => ({ path: [...path, key], value })),
  ];
}

/** Returns the edits that remove a project's own values, and the tables that hold nothing else. */
export function removeProjectCredentials(
  table: TomlTable,
  provider: string,
  place: CredentialPlace,
): TomlChange[] {
  const projects = [...providerPath(provider), "projects"];
  const all = tomlValue(table, projects);
  if (!isTable(all)) return [];
  const names = [place.repository, ...oldNames(table, provider, place)]
    .filter((name) => Object.hasOwn(all, name));
  if (names.length === 0) return [];
  if (names.length < Object.keys(all).length) {
    return names.map((name) => ({ path: projectPath(provider, name), value: null }));
  }
  const around = tomlValue(table, providerPath(provider));
  const isAlone = isTable(around) && Object.keys(around).length === 1;
  return [{ path: isAlone ? providerPath(provider) : projects, value: null }];
}

/** The older names whose values hold here, and are replaced or removed with those of the repository. */
function oldNames(
  table: TomlTable,
  provider: string,
  { repository, roots }: CredentialPlace,
): readonly string[] {
  const first = roots.find((name) => isTable(tomlValue(table, projectPath(provider, name))));
  return first === undefined || first === repository ? [] : [first];
}

function providerPath(provider: string): readonly string[] {
  return ["tracker", "providers", provider];
}

function projectPath(provider: string, project: string): readonly string[] {
  return [...providerPath(provider), "projects", project];
}

function texts(section: unknown): Record<string, string> {
  if (!isTable(section)) return {};
  return Object.fromEntries(
    Object.entries(section).filter(([, value]) => !isTable(value) && !Array.isArray(value))
      .map(([key, value]) => [key, String(value)]),
  );
}
