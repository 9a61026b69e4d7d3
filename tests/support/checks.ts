/** The names of the checks of a host's data, in their order, by the store that it is in. */
export function checkNames(store: "sqlite" | "postgres"): readonly string[] {
  const isOnPostgres = store === "postgres";
  return [
    "database",
    ...isOnPostgres ? ["server", "clock"] : [],
    "schema",
    isOnPostgres ? "rights" : "integrity",
    "counters",
    "jobs",
    "outbox",
    "operations",
    "connections",
    "backup",
    "key",
    ...isOnPostgres ? [] : ["files", "disk"],
    ...Deno.build.os === "linux" ? ["descriptors"] : [],
  ];
}
