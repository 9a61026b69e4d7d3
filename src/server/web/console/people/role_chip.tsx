import type { JSX } from "hono/jsx/jsx-runtime";
import { Chip } from "../parts.tsx";

/** What a person may do, in a word. */
export function RoleChip({ role }: { readonly role: string }): JSX.Element {
  return role === "admin" ? <Chip tone="violet">Admin</Chip> : <Chip tone="plain">Member</Chip>;
}
