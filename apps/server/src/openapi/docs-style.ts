/** The style of the reference page: the two columns of the house, facts in the margin, words in the column. */
export const DOCS_STYLE = `:root {
  color-scheme: light dark;
  --page: light-dark(oklch(99.2% 0.003 85), oklch(17.5% 0.008 260));
  --sunk: light-dark(oklch(96.4% 0.004 85), oklch(21.5% 0.009 260));
  --line: light-dark(oklch(90% 0.005 85), oklch(29% 0.01 260));
  --ink: light-dark(oklch(24% 0.01 260), oklch(93% 0.005 85));
  --ink-2: light-dark(oklch(40% 0.012 260), oklch(80% 0.008 85));
  --ink-3: light-dark(oklch(50% 0.012 260), oklch(69% 0.01 85));
  --accent: light-dark(oklch(48% 0.16 255), oklch(76% 0.11 250));
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); font: 400 16px/26px "IBM Plex Sans Variable", "IBM Plex Sans", system-ui, sans-serif; }
main { max-width: 920px; margin: 0 auto; padding: 48px 32px 96px; }
h1 { font-size: 24px; line-height: 32px; font-weight: 600; margin: 0 0 8px; }
h2 { font-size: 19px; line-height: 26px; font-weight: 600; margin: 64px 0 8px; padding-inline-start: 200px; }
h3 { font-size: 16px; line-height: 26px; font-weight: 500; margin: 0; overflow-wrap: anywhere; }
p { margin: 8px 0; color: var(--ink-2); }
a { color: var(--accent); text-underline-offset: 3px; }
code, pre { font: 400 13.5px/20px "IBM Plex Mono", ui-monospace, monospace; }
code { background: var(--sunk); border-radius: 4px; padding: 1px 4px; }
pre { background: var(--sunk); border-radius: 6px; padding: 12px 16px; margin: 8px 0; overflow-x: auto; }
pre code { padding: 0; background: none; }
header, nav { padding-inline-start: 200px; }
nav ul { list-style: none; padding: 0; margin: 16px 0 0; display: flex; flex-wrap: wrap; gap: 4px 20px; }
section.route { display: grid; grid-template-columns: 168px minmax(0, 1fr); column-gap: 32px; align-items: first baseline; border-top: 1px solid var(--line); padding: 20px 0; }
.margin { text-align: end; font-size: 12.5px; line-height: 18px; color: var(--ink-3); overflow-wrap: anywhere; }
.margin b { font-weight: 500; color: var(--ink-2); }
details { margin: 8px 0 0; }
summary { cursor: pointer; color: var(--ink-2); font-size: 14px; line-height: 20px; }
summary:focus-visible, a:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 4px; }
dl { margin: 8px 0 0; font-size: 14px; line-height: 20px; }
dt { margin-top: 6px; }
dd { margin: 0; color: var(--ink-2); }
:target { scroll-margin-top: 16px; }
section.route:target h3 { color: var(--accent); }
@media (max-width: 720px) {
  main { padding: 24px 16px 64px; }
  h2, header, nav { padding-inline-start: 0; }
  section.route { grid-template-columns: minmax(0, 1fr); row-gap: 4px; }
  .margin { text-align: start; }
}
`;
