import { configPath } from "../../src/project/config_file.ts";
import { type TestPlatform, withPlatform } from "../support/platform.ts";

/** A config with everything that a binding can have. */
export const COMPLETE = `project:
  uuid: 550e8400-e29b-41d4-a716-446655440000
tracker:
  provider: linear
  binding_ref: srm_01HXYZ
  project_slug: my-project
  display_label: "My Project (LINEAR-123)"
  provider_context: {team_name: Engineering, workspace_name: Acme Corp}
  workspace: null
  doctrine:
    mode: split_ownership
    field_owners: {title: external}
    strategy: manual_review
`;

/** Runs a test in a project with this config; `read` gives its text as it is then. */
export async function withConfig(
  text: string | null,
  test: (platform: TestPlatform, read: () => Promise<string | null>) => Promise<void>,
): Promise<void> {
  await withPlatform({}, async (platform) => {
    const path = configPath(platform.home);
    if (text !== null) await platform.files.writeAtomic(path, text);
    await test(platform, () => platform.files.readText(path));
  });
}
