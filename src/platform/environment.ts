import type { Environment, SystemFacts } from "./platform.ts";

/** Returns the real variables: one that may not be read is unset. */
export function systemEnvironment(permission: SystemFacts["permission"]): Environment {
  return {
    get(name) {
      if (permission("env", name) !== "granted") return undefined;
      return Deno.env.get(name);
    },
  };
}

/** Asks Deno for permissions. What is granted whole is asked for once: no program gets less later on. */
export function permissionQuery(): SystemFacts["permission"] {
  const whole = new Map<PermissionName, boolean>();
  const query = (name: PermissionName, target?: string) => {
    const { state, partial } = Deno.permissions.querySync(descriptor(name, target));
    return state === "granted" && partial ? "partial" : state;
  };
  return (name, target) => {
    const isWhole = whole.get(name) ?? query(name) === "granted";
    whole.set(name, isWhole);
    return isWhole ? "granted" : query(name, target);
  };
}

type PermissionName = Parameters<SystemFacts["permission"]>[0];

function descriptor(
  name: PermissionName,
  target?: string,
): Deno.PermissionDescriptor {
  if (target === undefined) return { name };
  switch (name) {
    case "read":
    case "write":
      return { name, path: target };
    case "net":
      return { name, host: target };
    case "env":
      return { name, variable: target };
    case "run":
      return { name, command: target };
    case "sys":
      return target === "hostname" || target === "uid" || target === "statfs"
        ? { name, kind: target }
        : { name };
  }
}
