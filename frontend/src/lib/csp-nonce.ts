/** The nonce that this page's style tags must carry; empty under the development server, which sets no policy. */
export function cspNonce(): string {
  const content = document.querySelector('meta[name="csp-nonce"]')?.getAttribute('content') ?? '';
  return /^_+CSP_NONCE_+$/.test(content) ? '' : content;
}
