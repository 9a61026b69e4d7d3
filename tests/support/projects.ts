/** Builders of the config of a project, `.kittify/config.yaml`. */
import { stringify } from "yaml";

/** Who a project is, as the host is told of it. */
export const PROJECT_IDENTITY = {
  uuid: "550e8400-e29b-41d4-a716-446655440000",
  slug: "web",
  node_id: "a1b2c3d4e5f6",
  repo_slug: null,
  build_id: "6fa459ea-ee8a-4ca4-894e-db77e160355e",
} as const;

/** The `project` section that saves {@link PROJECT_IDENTITY}. */
export const IDENTITY_CONFIG: string = (() => {
  const { repo_slug: _, ...saved } = PROJECT_IDENTITY;
  return stringify({ project: saved });
})();

/** The text of a config whose project is bound as `tracker` says; without an identity where `identified` is false. */
export function projectConfig(
  tracker: Readonly<Record<string, unknown>>,
  { identified = true }: { readonly identified?: boolean } = {},
): string {
  return `${identified ? IDENTITY_CONFIG : ""}${stringify({ tracker })}`;
}
