// Sets the colour scheme before the first paint. A file of its own, since the content security policy forbids inline scripts.
(() => {
  let chosen = null;
  try {
    chosen = window.localStorage.getItem('prefloop-color-scheme');
  } catch {
    // Storage may be switched off; the system's scheme is used then.
  }
  const dark = chosen === 'dark' || (chosen !== 'light' && window.matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.setAttribute('data-mantine-color-scheme', dark ? 'dark' : 'light');
})();
