import type { ProviderClass } from "../contract/providers.ts";
import { TrackerError } from "../platform/tracker_error.ts";

/** Returns the failure of any mention of a provider that is no longer there. */
export function providerRemoved(
  { provider, message }: Extract<ProviderClass, { readonly kind: "removed" }>,
): TrackerError {
  return new TrackerError({
    code: "provider_removed",
    message,
    nextAction: "Bind the project to another provider.",
    details: { provider },
  });
}
