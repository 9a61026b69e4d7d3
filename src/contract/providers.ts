/** Providers whose work happens at the control-plane host. */
export const HOSTED_PROVIDERS = ["linear", "jira", "github", "gitlab"] as const;

/**
 * Hosted providers whose tickets can be found at every host, and be the origin of a mission; those of the others can
 * where a host offers `origin_any`.
 */
export const ORIGIN_PROVIDERS = ["jira", "linear"] as const;

/** Providers whose work happens here, through the tool's own command line. */
export const LOCAL_PROVIDERS = ["beads", "fp"] as const;

/** A provider behind the control-plane host. */
export type HostedProvider = typeof HOSTED_PROVIDERS[number];

/** A provider whose tickets can be the origin of a mission, at this host or that. */
export type OriginProvider = HostedProvider;

/** A provider on this machine. */
export type LocalProvider = typeof LOCAL_PROVIDERS[number];

/** Any provider this program supports. */
export type Provider = HostedProvider | LocalProvider;

/** What people call each provider. */
export const PROVIDER_TITLES: Readonly<Record<Provider, string>> = {
  linear: "Linear",
  jira: "Jira",
  github: "GitHub",
  gitlab: "GitLab",
  beads: "beads",
  fp: "fp",
};

const ORIGIN_TITLES: string = ORIGIN_PROVIDERS.map((name) => PROVIDER_TITLES[name]).join(" and ");

/** The fixed text for a provider that is none of {@link ORIGIN_PROVIDERS}, at a host without `origin_any`. */
export const ORIGIN_UNSUPPORTED: string = `Only ${ORIGIN_TITLES} support origin binding.`;

/** The class of a provider name; there is no way from one class to another. */
export type ProviderClass =
  | { readonly kind: "hosted"; readonly provider: HostedProvider }
  | { readonly kind: "local"; readonly provider: LocalProvider }
  | {
    readonly kind: "removed";
    readonly provider: "azure_devops";
    /** Says that the provider is no longer supported. */
    readonly message: string;
  }
  | { readonly kind: "unknown"; readonly name: string };

/** What every mention of the removed provider is answered, word for word. */
export const REMOVED_PROVIDER_MESSAGE = "Azure DevOps is no longer supported.";

const REMOVED_SPELLINGS: readonly string[] = ["azure_devops", "azure"];

/** A provider name without what does not count in it: blanks around it, case, and `-` for `_`. */
export function canonicalName(name: string): string {
  return name.trim().toLowerCase().replaceAll("-", "_");
}

/** Classifies a provider name as people write it: blanks around it, case, and `-` for `_` do not count. */
export function classifyProvider(name: string): ProviderClass {
  const canonical = canonicalName(name);
  const hosted = HOSTED_PROVIDERS.find((provider) => provider === canonical);
  if (hosted !== undefined) return { kind: "hosted", provider: hosted };
  const local = LOCAL_PROVIDERS.find((provider) => provider === canonical);
  if (local !== undefined) return { kind: "local", provider: local };
  if (REMOVED_SPELLINGS.includes(canonical)) {
    return {
      kind: "removed",
      provider: "azure_devops",
      message: REMOVED_PROVIDER_MESSAGE,
    };
  }
  return { kind: "unknown", name: canonical };
}
