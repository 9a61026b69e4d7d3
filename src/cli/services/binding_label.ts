import type { BindingConfig } from "../../project/config.ts";

/** What people call a binding. */
export function labelOf(binding: BindingConfig): string {
  return binding.displayLabel ?? binding.workspace ?? binding.projectSlug ?? binding.bindingRef ??
    binding.provider ?? "nothing";
}
