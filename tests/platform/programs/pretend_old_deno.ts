/** Makes this Deno say that it is an old one; loaded before the program. */
Object.defineProperty(Deno, "version", { value: { ...Deno.version, deno: "2.8.3" } });
