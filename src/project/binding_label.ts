import type { BindingConfig } from "./config.ts";

/** Returns what people call a binding. */
export function labelOf(binding: BindingConfig): string {
  return binding.displayLabel ?? binding.workspace ?? binding.projectSlug ?? binding.bindingRef ??
    binding.provider ?? "nothing";
}
