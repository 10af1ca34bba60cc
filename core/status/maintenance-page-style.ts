/** The look of the maintenance page: light or dark as the visitor's system is, and one column that fits a phone. */
export const PAGE_STYLE = `
:root { color-scheme: light dark; --ground: #fff; --text: #1b1f24; --quiet: #57606a; --line: #d0d7de; --link: #0a58b0; --good: #116329; --warn: #8a4600; --bad: #a40e26; }
@media (prefers-color-scheme: dark) {
  :root { --ground: #15181c; --text: #e6e9ed; --quiet: #a0a9b4; --line: #3b434c; --link: #79b8ff; --good: #6fdd8b; --warn: #f0b46a; --bad: #ff9aa2; }
}
* { box-sizing: border-box; }
body { margin: 0; padding: 2rem 1rem; background: var(--ground); color: var(--text); font: 1rem/1.6 system-ui, sans-serif; overflow-wrap: anywhere; }
main { max-width: 40rem; margin: 0 auto; }
h1 { margin: 0 0 1rem; padding-left: 1rem; border-left: .4rem solid; font-size: 1.75rem; line-height: 1.25; }
h2 { margin: 1.5rem 0 .25rem; font-size: 1.1rem; }
.operational { color: var(--good); }
.normal, .unknown { color: var(--warn); }
.emergency { color: var(--bad); }
blockquote { margin: .5rem 0; padding: .5rem 1rem; border-left: .25rem solid var(--line); white-space: pre-wrap; }
dl { margin: 0; }
dt { color: var(--quiet); font-size: .9rem; }
dd { margin: 0 0 .5rem; }
#left { font-size: 1.5rem; font-variant-numeric: tabular-nums; }
ul { margin: 0; padding-left: 1.25rem; }
.note { padding: .5rem 1rem; border: 1px solid var(--warn); border-radius: .25rem; }
.made, footer { color: var(--quiet); font-size: .9rem; }
footer { margin-top: 2rem; border-top: 1px solid var(--line); }
a { color: var(--link); }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
@media (scripting: none) { .scripted { display: none; } }
`;
