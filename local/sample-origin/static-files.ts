/** A picture of one pixel, whose bytes are no valid UTF-8: it shows that binary bodies pass unharmed. */
export const PIXEL_PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M/wHwAEBgIApD5fRAAAAABJRU5ErkJggg==',
  'base64',
);

/** What lies under /static/. */
export const STATIC_FILES: Readonly<Record<string, { readonly type: string; readonly content: string }>> = {
  '/static/app.css': { type: 'text/css', content: 'body { font-family: sans-serif; margin: 2rem; }\n' },
  '/static/app.js': { type: 'text/javascript', content: "document.body.dataset.ready = 'yes';\n" },
};

/** The page of people who come to the application. */
export function landingPage(user: string | undefined): string {
  const greeting = user === undefined ? '<a href="/login">Sign in</a>' : `Signed in as ${escapeHtml(user)}.`;
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Sample application</title><link rel="stylesheet" href="/static/app.css"></head>
<body>
<h1>Sample application</h1>
<p>${greeting}</p>
<form method="post" action="/start_caption_generation"><button>Start caption generation</button></form>
</body>
</html>
`;
}

/** The form to sign in with. */
export const LOGIN_PAGE = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Sign in</title><link rel="stylesheet" href="/static/app.css"></head>
<body>
<h1>Sign in</h1>
<form method="post" action="/login">
<label>User <input name="username" autocomplete="username"></label>
<label>Password <input name="password" type="password" autocomplete="current-password"></label>
<button>Sign in</button>
</form>
</body>
</html>
`;

const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
