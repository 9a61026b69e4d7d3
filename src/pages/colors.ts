/** The page's colours; every pair of ink and ground has a contrast of 4.5 or more. */
export const COLOR_STYLE: string = `:root {
  color-scheme: light dark;
  --ground: #f6f6f3; --surface: #ffffff; --hover: #fafaf8; --code: #ecece7;
  --line: #e5e5df; --line-strong: #cfcfc7; --ink: #1b1c20; --soft: #595d66;
  --accent: #2f4fc4; --accent-deep: #253fa3; --accent-ink: #2846b4; --on-accent: #ffffff;
  --green: #2b8a5b; --red: #c23a2f; --amber: #b97a0c; --blue: #2f63c9; --violet: #7a4cc2; --gray: #7d828c;
  --green-ink: #1b5e3c; --green-ground: #e3f3ea; --red-ink: #93261d; --red-ground: #fbe9e7;
  --amber-ink: #77490a; --amber-ground: #fbf0d9; --blue-ink: #1f4790; --blue-ground: #e6eefb;
  --violet-ink: #583293; --violet-ground: #f0e9fb;
  --shadow: 0 1px 2px rgb(27 28 32 / 0.05);
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #121316; --surface: #1a1c20; --hover: #1f2126; --code: #26292f;
    --line: #2a2d33; --line-strong: #40444d; --ink: #ebecef; --soft: #a3a8b3;
    --accent: #4666dc; --accent-deep: #3a58c8; --accent-ink: #a3b7ff; --on-accent: #ffffff;
    --green: #4fbf88; --red: #f0766b; --amber: #e0a740; --blue: #74a2f7; --violet: #b291f0; --gray: #8d929d;
    --green-ink: #93dcb6; --green-ground: #17301f; --red-ink: #f7aaa3; --red-ground: #3a1d1b;
    --amber-ink: #f0c87f; --amber-ground: #352812; --blue-ink: #adc9fb; --blue-ground: #1a2944;
    --violet-ink: #d2bdf8; --violet-ground: #2b2140;
    --shadow: none;
  }
}
.good { --tone: var(--green); --tone-line: color-mix(in srgb, var(--green) 32%, transparent); --tone-ground: var(--green-ground); }
.warn { --tone: var(--amber); --tone-line: color-mix(in srgb, var(--amber) 32%, transparent); --tone-ground: var(--amber-ground); }
.bad { --tone: var(--red); --tone-line: color-mix(in srgb, var(--red) 32%, transparent); --tone-ground: var(--red-ground); }
.info { --tone: var(--blue); --tone-line: color-mix(in srgb, var(--blue) 32%, transparent); --tone-ground: var(--blue-ground); }
.notice { --soft: var(--ink); --code: var(--surface); }
.chip.plain, .chip.faint { --chip-ground: var(--code); --chip-ink: var(--ink); --chip-dot: var(--gray); }
.chip.faint { --chip-ink: var(--soft); }
.chip.green { --chip-ground: var(--green-ground); --chip-ink: var(--green-ink); --chip-dot: var(--green); }
.chip.red { --chip-ground: var(--red-ground); --chip-ink: var(--red-ink); --chip-dot: var(--red); }
.chip.amber { --chip-ground: var(--amber-ground); --chip-ink: var(--amber-ink); --chip-dot: var(--amber); }
.chip.blue { --chip-ground: var(--blue-ground); --chip-ink: var(--blue-ink); --chip-dot: var(--blue); }
.chip.violet { --chip-ground: var(--violet-ground); --chip-ink: var(--violet-ink); --chip-dot: var(--violet); }
`;
