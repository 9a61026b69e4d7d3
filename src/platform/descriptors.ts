/**
 * Returns how many descriptors this process may have; unlimited where that may not be read: of what is in `/proc`, Deno
 * lets a program read nothing about itself unless everything is allowed.
 */
export function descriptorLimit(): number {
  const path = "/proc/self/limits";
  try {
    if (Deno.build.os !== "linux") return Number.POSITIVE_INFINITY;
    if (Deno.permissions.querySync({ name: "read", path }).state !== "granted") {
      return Number.POSITIVE_INFINITY;
    }
    const [, soft] = /^Max open files\s+(\d+)/m.exec(Deno.readTextFileSync(path)) ?? [];
    return soft === undefined ? Number.POSITIVE_INFINITY : Number(soft);
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
