import { isTable, type TomlChange, type TomlTable, tomlValue } from "./toml_file.ts";

/**
 * What holds for one project (its root, an absolute path) of a local provider, all as text: its own values, and
 * those of every project for what it has none of.
 */
export function providerCredentialsIn(
  table: TomlTable,
  provider: string,
  project: string,
): Record<string, string> {
  return {
    ...texts(tomlValue(table, providerPath(provider))),
    ...texts(tomlValue(table, projectPath(provider, project))),
  };
}

/** Returns the edits that replace a project's own values by these. */
export function replaceProjectCredentials(
  table: TomlTable,
  provider: string,
  project: string,
  credentials: Readonly<Record<string, string>>,
): TomlChange[] {
  const path = projectPath(provider, project);
  const before = tomlValue(table, path);
  const gone = isTable(before)
    ? Object.keys(before).filter((key) => !Object.hasOwn(credentials, key))
    : [];
  return [
    ...gone.map((key) => ({ path: [...path, key], value: null })),
    ...Object.entries(credentials).map(([key, value]) => ({ path: [...path, key], value })),
  ];
}

/** Returns the edits that remove a project's own values, and the tables that hold nothing else. */
export function removeProjectCredentials(
  table: TomlTable,
  provider: string,
  project: string,
): TomlChange[] {
  const path = projectPath(provider, project);
  if (tomlValue(table, path) === undefined) return [];
  const isAlone = (at: readonly string[]) => {
    const around = tomlValue(table, at.slice(0, -1));
    return isTable(around) && Object.keys(around).length === 1;
  };
  const projects = path.slice(0, -1);
  if (!isAlone(path)) return [{ path, value: null }];
  return [{ path: isAlone(projects) ? providerPath(provider) : projects, value: null }];
}

function providerPath(provider: string): readonly string[] {
  return ["tracker", "providers", provider];
}

/** By its directory: what names a project inside of it, others can copy. */
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
